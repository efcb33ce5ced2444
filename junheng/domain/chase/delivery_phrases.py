"""The phrases of what an operator reads of the sending."""

from junheng.values import Frozen


class SendingPhrases(Frozen):
    """What an operator reads of the sending."""

    outcome: str
    withheld: str
    problem: str
    interrupted: str
    held_back: str
    no_longer_set_up: str
    # Of a card that several routes were tried for.
    route: str
    between_routes: str
    fallen_back: str
    no_answer: str
    alarm: str
