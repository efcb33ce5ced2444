"""The bundled sample and real reports: which of the two a register, or a database, holds."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from junheng.domain.intake.submissions import RegisteredSchool

# A school's code and name.
SampleSchool = tuple[str, str]


class Holds(StrEnum):
    """What the registers of a database are of."""

    NOTHING = "nothing"
    SAMPLE = "sample"
    REAL = "real"
    BOTH = "both"

    @property
    def is_real(self) -> bool:
        return self in {Holds.REAL, Holds.BOTH}

    def and_a(self, other: "Holds") -> "Holds":
        """Return what a database holds that held this, once a register of the other came in."""
        if Holds.NOTHING in {self, other}:
            return other if self is Holds.NOTHING else self
        return self if self is other else Holds.BOTH


def kind_of(register: Iterable[RegisteredSchool], *, sample: Collection[SampleSchool]) -> Holds:
    """Return whether a register is the sample's: where any of its schools is.

    The schools of the sample are made up. Whoever corrects the sample, takes a part of it or adds a
    school to it still plays with it.
    """
    is_sample = any((school.code, school.name) in sample for school in register)
    return Holds.SAMPLE if is_sample else Holds.REAL
