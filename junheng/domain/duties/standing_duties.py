"""Standing duties: clauses that no line rests on and no day brings back, and what answers them."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from junheng.domain.duties.periods import Period
from junheng.values import Frozen


class Attested(Frozen):
    """On what evidence a standing duty is attested, how often, and with which T line."""

    evidence: tuple[str, ...] = Field(min_length=1)
    every: Period
    through: str | None = None


class StandingDuty(Frozen):
    """What answers one clause (常态职责), and which lines and recurring duties it helps to meet."""

    report: str | None = None
    attested: Attested | None = None
    supports: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if self.report is None and self.attested is None:
            raise PydanticCustomError("no_answer", "a standing duty has an answer")
        return self


class StandingDuties(Frozen):
    """The standing duties by their clause, as it is cited: 区财政局（三）."""

    clauses: dict[str, StandingDuty]
