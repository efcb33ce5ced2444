"""Starts the command so that files and their names are UTF-8, whatever the terminal speaks.

Under a locale such as zh_CN.GB18030, Python would take the names of files for GB18030 too, and find
nothing of what came with the checkout. Python 3.15 takes them for UTF-8 everywhere; so do we.
"""

import locale
import os
import sys

OURS = "均衡"


def run() -> None:
    """Run the command, in UTF-8 mode: where Python was started without it, it starts again."""
    if not _takes_names_for_utf8():
        _start_again()
    if os.environ.get("PYTHONUTF8") == "1":
        # What the terminal speaks is for this process; those it begins write UTF-8 into their logs.
        os.environ.pop("PYTHONIOENCODING", None)
    sys.argv[1:] = [typed(word) for word in sys.argv[1:]]
    from app.cli.app import app

    app()


def _takes_names_for_utf8() -> bool:
    # Whoever sets PYTHONUTF8=0 wants what comes of it.
    return sys.getfilesystemencoding() == "utf-8" or "PYTHONUTF8" in os.environ


def _start_again() -> None:
    environment = {os.fsencode(name): as_utf8(value) for name, value in os.environ.items()}
    environment |= {name.encode(): value.encode() for name, value in _in_utf8_mode().items()}
    arguments = [os.fsencode(sys.executable), *map(as_utf8, sys.orig_argv[1:])]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - our own interpreter


def _in_utf8_mode() -> dict[str, str]:
    spoken = locale.getencoding()
    if "PYTHONIOENCODING" in os.environ or not _has_chinese(spoken):
        return {"PYTHONUTF8": "1"}
    # GBK has no ✔: a mark that cannot be said must not end the list it stands in.
    return {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{spoken}:backslashreplace"}


def _has_chinese(encoding: str) -> bool:
    try:
        OURS.encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def typed(word: str) -> str:
    """Return a word of the command line that can be stored, but the name of a file as it is."""
    if word.isprintable() or os.path.exists(os.fsencode(word)):  # noqa: PTH110
        return word
    from junheng.domain.typed_text import storable

    return storable(word)


def as_utf8(word: str) -> bytes:
    """Return what was typed as UTF-8, but the name of a file that is there byte for byte."""
    raw = os.fsencode(word)
    # Not Path.exists: a reason given in a long sentence is too long a name, and it would raise.
    is_there = os.path.exists(raw)  # noqa: PTH110
    return raw if is_there else word.encode("utf-8", "surrogateescape")
