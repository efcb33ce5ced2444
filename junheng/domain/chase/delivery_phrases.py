"""The phrases of what an operator reads of the sending."""

from junheng.domain.values import Frozen


class ByWordPhrases(Frozen):
    """What is kept of a card that a person has looked for."""

    none: str
    arrived: str
    did_not_arrive: str
    kept: str


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
    unconfirmed_alarm: str
    lost_days: str
    by_word: ByWordPhrases
