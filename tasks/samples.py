"""Keeps the bundled sample apart from what a district really sent: two in one ledger are none."""

from collections.abc import Iterable, Sequence

from junheng.domain.submissions import RegisteredSchool
from junheng.settings import PROJECT_ROOT

SAMPLES = PROJECT_ROOT / "tests" / "data" / "submissions"


def mixes(
    coming: Sequence[RegisteredSchool],
    before: Iterable[Sequence[RegisteredSchool]],
    *,
    sample: Sequence[RegisteredSchool],
) -> bool:
    """Tell whether a register would put made-up schools and real ones into one ledger.

    A register is the sample's where all its schools are: whoever corrects the sample, copies it or
    takes a part of it still plays with it. One school of its own makes it real.
    """
    known = {(school.code, school.name) for school in sample}

    def is_real(schools: Sequence[RegisteredSchool]) -> bool:
        return any((school.code, school.name) not in known for school in schools)

    return any(is_real(schools) != is_real(coming) for schools in before)
