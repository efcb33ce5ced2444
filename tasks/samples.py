"""Keeps the bundled sample apart from what a district really sent: two in one ledger are none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from junheng.settings import PROJECT_ROOT

_IN_THE_CHECKOUT = ("tests", "data", "submissions")
SAMPLES = PROJECT_ROOT.joinpath(*_IN_THE_CHECKOUT)


@dataclass(frozen=True, slots=True)
class Collected:
    """A folder that was collected, or is about to be, and the digest of what it held."""

    folder: str
    school_year: int
    digest: str

    @property
    def is_sample(self) -> bool:
        """Tell by the end of the path: the checkout may have been moved since."""
        above = Path(self.folder).parent.parts
        return above[-len(_IN_THE_CHECKOUT) :] == _IN_THE_CHECKOUT


def mixes(
    coming: Collected,
    before: Iterable[Collected],
    *,
    digest_of_sample: Callable[[int], str | None],
) -> bool:
    """Tell whether a folder would put sample and real reports into one ledger.

    What the first folder was, the database is: nothing else has been let in since, save corrections
    without a register of their own. A copy of the sample is real to nobody, and mixes with neither.
    """
    digests: dict[int, str | None] = {}

    def is_real(one: Collected) -> bool:
        if one.is_sample:
            return False
        if one.school_year not in digests:
            digests[one.school_year] = digest_of_sample(one.school_year)
        return one.digest != digests[one.school_year]

    first = next((one for one in before if one.is_sample or is_real(one)), None)
    if first is None or first.is_sample == coming.is_sample:
        return False
    return coming.is_sample or is_real(coming)
