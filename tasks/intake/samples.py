"""Keeps the bundled sample and what a district really sent out of one database."""

from collections.abc import Iterable

from junheng import bootstrap, wording
from junheng.adapters import samples
from junheng.adapters.samples import SAMPLES as SAMPLES
from junheng.domain.intake.sample_data import Holds, kind_of
from junheng.domain.intake.submissions import RegisteredSchool
from junheng.refusals import Refusal
from junheng.store import sample_data
from junheng.store.database import locks
from junheng.store.database.database import Session
from tasks.intake.arrivals import ReceivedFile

# The school year that the demo and the sample's deployment run.
YEAR = 2025


class SampleRefused(Refusal):
    """We cannot take a folder in, because sample and real reports would meet in one database."""


def refuse_in_production() -> None:
    """Raise SampleRefused where the sample must not be worked with at all."""
    if bootstrap.settings().is_production:
        raise SampleRefused(wording.packaged().samples.in_production)


def refuse_mixing(session: Session, register: Iterable[RegisteredSchool]) -> None:
    """Keep the sample and real reports out of one database, whichever comes first.

    What is found holds until the transaction ends: nobody else takes a folder in meanwhile.

    Raises:
        SampleRefused: the database holds the other kind, or the sample comes in production.

    """
    coming = kind_of(register, sample=samples.schools())
    if coming is Holds.SAMPLE:
        refuse_in_production()
    locks.hold_collections(session)
    held = sample_data.held(session, samples.schools())
    if held is Holds.BOTH:
        raise SampleRefused(wording.packaged().samples.mixed)
    if held.and_a(coming) is Holds.BOTH:
        said = wording.packaged().samples.other_data
        raise SampleRefused(said.format(home=bootstrap.settings().home))


def refuse_stray(
    files: Iterable[ReceivedFile], register: Iterable[RegisteredSchool], *, has_register: bool
) -> None:
    """Refuse files of the one kind under a register of the other; raises SampleRefused.

    A file of the sample is known by its content. Under the sample's register, a folder without a
    register may correct schools, which are known by their codes; a department could be anybody's.
    """
    is_sample = kind_of(register, sample=samples.schools()) is Holds.SAMPLE
    known, says = samples.hashes(), wording.packaged().samples
    if not is_sample:
        strays = [one.name for one in files if one.sha256 in known]
        said = says.files_of_sample
    else:
        strays = [one.name for one in files if not (one.is_school or one.sha256 in known)]
        said = says.untold
    if strays and not (is_sample and has_register):
        raise SampleRefused(said.format(files="、".join(strays)))


def may_be_shown() -> bool:
    """Say whether a round of the sample may be offered here: no production, nothing real."""
    if bootstrap.settings().is_production:
        return False
    with bootstrap.session() as session:
        return not sample_data.held(session, samples.schools()).is_real
