"""Standing duties: clauses without a line and without a recurring day, and their answers."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from junheng.domain.duties.periods import Period
from junheng.values import Frozen


class Attested(Frozen):
    """The evidence for a standing duty, how often it is due, and the T line it comes with."""

    evidence: tuple[str, ...] = Field(min_length=1)
    every: Period
    through: str | None = None


class StandingDuty(Frozen):
    """The answer to one clause (常态职责), and the lines and recurring duties it supports."""

    report: str | None = None
    attested: Attested | None = None
    supports: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if self.report is None and self.attested is None:
            raise PydanticCustomError("no_answer", "a standing duty has an answer")
        return self


class StandingDuties(Frozen):
    """The standing duties by the citation of their clause: 区财政局（三）."""

    clauses: dict[str, StandingDuty]
