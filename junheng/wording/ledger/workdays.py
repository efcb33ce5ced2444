"""The sentences of config/wording/workdays.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Year = Takes("year")
_Day = Takes("day")


class WorkdayWords(Words):
    missing: Annotated[str, _Year]
    of_other_year: Annotated[str, Takes("year", "day")]
    off_and_worked: Annotated[str, _Day]
    no_weekend: Annotated[str, _Day]
    year_twice: Annotated[str, _Year]
    time_limit_empty: Annotated[str, Takes("workdays")]
