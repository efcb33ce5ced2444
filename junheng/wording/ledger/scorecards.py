"""The sentences of config/wording/scorecards.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Rank = Annotated[str, Takes("rank")]


class ScorecardTitles(Names):
    """A title for each `Kind` of scorecards."""

    department: str
    town: str


class ScorecardWords(Words):
    titles: ScorecardTitles
    columns: tuple[str, str, str, str, str, str, str]
    opened: Annotated[str, Takes("opened", "lead", "supporting")]
    rate: Annotated[str, Takes("hits", "of", "percent")]
    none: str
    rank: _Rank
    tied: _Rank
    note: str
