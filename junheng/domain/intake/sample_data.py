"""Whether a register or a database contains the bundled sample or real data."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from junheng.domain.intake.submissions import RegisteredSchool

# A school's code and name.
SampleSchool = tuple[str, str]


class Holds(StrEnum):
    """The kind of data in a database, by its registers."""

    NOTHING = "nothing"
    SAMPLE = "sample"
    REAL = "real"
    BOTH = "both"

    @property
    def is_real(self) -> bool:
        return self in {Holds.REAL, Holds.BOTH}

    def and_a(self, other: "Holds") -> "Holds":
        """Return the kind of data after adding a register of another kind."""
        if Holds.NOTHING in {self, other}:
            return other if self is Holds.NOTHING else self
        return self if self is other else Holds.BOTH


def kind_of(register: Iterable[RegisteredSchool], *, sample: Collection[SampleSchool]) -> Holds:
    """Return the kind of a register: the sample if any of its schools is from the sample.

    The schools of the sample are fictitious, so a corrected, shortened or extended sample is still
    sample data.
    """
    is_sample = any((school.code, school.name) in sample for school in register)
    return Holds.SAMPLE if is_sample else Holds.REAL
