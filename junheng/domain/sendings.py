"""The phrases of what an operator reads of the sending."""

from junheng.domain.standard import Frozen


class SendingPhrases(Frozen):
    """What an operator reads of the sending."""

    outcome: str
    problem: str
    interrupted: str
    held_back: str
    other_channel: str
    alarm: str
