"""Why something cannot be done, in one sentence for people: every expected exception is one."""


class Refusal(Exception):
    """We cannot do what was asked; the first argument says why, and what to do, in Chinese."""

    @property
    def sentence(self) -> str:
        return str(self.args[0]) if self.args else ""


class Transient(Refusal):
    """We cannot do it now; what is in the way lies outside of us and may pass by itself."""
