"""Keeps sample data and real data in separate databases."""

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

# The school year of the demo and of the sample deployment.
YEAR = 2025


class SampleRefused(Refusal):
    """We cannot collect a folder, because sample and real data would mix in one database."""


def refuse_in_production() -> None:
    """Raise SampleRefused in production, where the sample must not be used."""
    if bootstrap.settings().is_production:
        raise SampleRefused(wording.packaged().samples.in_production)


def refuse_mixing(session: Session, register: Iterable[RegisteredSchool]) -> None:
    """Refuse a folder that would mix sample and real data in the database.

    The check is valid until the transaction ends, because it locks other collections.

    Raises:
        SampleRefused: the database holds the other kind, or the sample is used in production.

    """
    coming = kind_of(register, sample=samples.schools())
    if coming is Holds.SAMPLE:
        refuse_in_production()
    locks.hold_collections(session)
    held = sample_data.held(session, samples.schools())
    if held is Holds.BOTH:
        raise SampleRefused(wording.packaged().samples.mixed)
    if held.and_a(coming) is Holds.BOTH:
        other_data = wording.packaged().samples.other_data
        raise SampleRefused(other_data.format(home=bootstrap.settings().home))


def refuse_stray(
    files: Iterable[ReceivedFile], register: Iterable[RegisteredSchool], *, has_register: bool
) -> None:
    """Refuse sample files with a real register, and vice versa; raises SampleRefused.

    A sample file is recognised by its hash. With the sample's register, a folder without a register
    may contain corrections of schools, which have unique codes, but not of departments, whose
    names occur in any district.
    """
    is_sample = kind_of(register, sample=samples.schools()) is Holds.SAMPLE
    known, says = samples.hashes(), wording.packaged().samples
    if not is_sample:
        strays = [file.name for file in files if file.sha256 in known]
        sentence = says.files_of_sample
    else:
        strays = [file.name for file in files if not (file.is_school or file.sha256 in known)]
        sentence = says.untold
    if strays and not (is_sample and has_register):
        raise SampleRefused(sentence.format(files="、".join(strays)))


def may_be_shown() -> bool:
    """Return whether the sample deployment may be offered: not in production, no real data."""
    if bootstrap.settings().is_production:
        return False
    with bootstrap.session() as session:
        return not sample_data.held(session, samples.schools()).is_real
