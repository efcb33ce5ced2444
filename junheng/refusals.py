"""The base classes of all expected errors, each with one sentence for the user."""


class Refusal(Exception):
    """An expected error; the first argument says in Chinese what is wrong and what to do."""

    @property
    def sentence(self) -> str:
        return str(self.args[0]) if self.args else ""


class Transient(Refusal):
    """An expected error with an external cause that may pass by itself: worth retrying."""
