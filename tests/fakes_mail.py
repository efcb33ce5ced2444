"""A mail server on a loopback port, which accepts mail or breaks at a chosen moment."""

import time
from enum import Enum
from socketserver import StreamRequestHandler, ThreadingTCPServer

from tests.loopback import Loopback


class Breaks(Enum):
    """After which command the server closes the connection without an answer."""

    NEVER = "never"
    AT_GREETING = "greeting"
    AT_RECIPIENT = "RCPT"
    AFTER_TAKING = "."


class FakeMail(Loopback):
    """Answers a verb with its code in `codes`, else with success; `offers` are its extensions."""

    def __init__(
        self,
        *,
        codes: dict[str, str] | None = None,
        breaks: Breaks = Breaks.NEVER,
        offers: tuple[str, ...] = ("AUTH PLAIN LOGIN",),
        seconds: float = 0.0,
    ) -> None:
        self.letters: list[bytes] = []
        self.heard: list[str] = []
        self.codes = codes or {}
        self.breaks = breaks
        self.offers = offers
        self.seconds = seconds
        handler = type("Handler", (_Handler,), {"office": self})
        super().__init__(ThreadingTCPServer(("127.0.0.1", 0), handler))


class _Handler(StreamRequestHandler):
    office: FakeMail

    def handle(self) -> None:
        if self.office.breaks is Breaks.AT_GREETING:
            return
        self._say("220 here")
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            verb = command.partition(" ")[0].upper()
            self.office.heard.append(command)
            if verb == self.office.breaks.value:
                return
            if verb == "EHLO" and verb not in self.office.codes:
                self._say(
                    "250-here", *(f"250-{offer}" for offer in self.office.offers), "250 8BITMIME"
                )
            elif verb == "DATA" and "DATA" not in self.office.codes:
                self._say("354 go on")
                if not self._take():
                    return
            else:
                good = {"AUTH": "235 in", "QUIT": "221 bye"}.get(verb, "250 ok")
                self._say(self.office.codes.get(verb, good))

    def _take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        refusal = self.office.codes.get(".")
        if refusal is None:
            self.office.letters.append(b"".join(lines))
        time.sleep(self.office.seconds)
        if self.office.breaks is Breaks.AFTER_TAKING:
            return False
        self._say(refusal or "250 taken")
        return True

    def _say(self, *lines: str) -> None:
        try:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        except ConnectionError:
            # The client has closed the connection.
            self.close_connection = True
