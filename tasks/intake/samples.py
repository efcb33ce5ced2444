"""Keeps the bundled sample and what a district really sent out of one database."""

from collections.abc import Iterable

from junheng import bootstrap
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

IN_PRODUCTION = (
    "这是随附的样例，正式环境（JUNHENG_ENVIRONMENT=production）不收；"
    "要看演示，请在没有这个设置的窗口里另用一个 JUNHENG_HOME 运行 junheng demo"
)
FILES_OF_SAMPLE = (
    "{files} 是随附样例里的文件，不能和真实报送放在一起；请把样例的文件拿走，只留本区县的，再收一次"
)
UNTOLD = (
    "数据库里是随附的样例，这个文件夹却没有学校名录，分不清 {files} 是不是真实报送；"
    "真实报送请用 JUNHENG_HOME 另指一个空文件夹，连同学校名录一起收"
)
OTHER_DATA = (
    "{home} 中已有另一套数据，样例和真实报送不能混在一起；"
    "请用 JUNHENG_HOME 另指一个文件夹，或删除 {home} 后再试"
)


class SampleRefused(Refusal):
    """We cannot take a folder in, because sample and real reports would meet in one database."""


def refuse_in_production() -> None:
    """Raise SampleRefused where the sample must not be worked with at all."""
    if bootstrap.settings().is_production:
        raise SampleRefused(IN_PRODUCTION)


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
        raise SampleRefused(bootstrap.MIXED)
    if held.and_a(coming) is Holds.BOTH:
        raise SampleRefused(OTHER_DATA.format(home=bootstrap.settings().home))


def refuse_stray(
    files: Iterable[ReceivedFile], register: Iterable[RegisteredSchool], *, has_register: bool
) -> None:
    """Refuse files of the one kind under a register of the other; raises SampleRefused.

    A file of the sample is known by its content. Under the sample's register, a folder without a
    register may correct schools, which are known by their codes; a department could be anybody's.
    """
    is_sample = kind_of(register, sample=samples.schools()) is Holds.SAMPLE
    known = samples.hashes()
    if not is_sample:
        strays = [one.name for one in files if one.sha256 in known]
        said = FILES_OF_SAMPLE
    else:
        strays = [one.name for one in files if not (one.is_school or one.sha256 in known)]
        said = UNTOLD
    if strays and not (is_sample and has_register):
        raise SampleRefused(said.format(files="、".join(strays)))


def may_be_shown() -> bool:
    """Say whether a round of the sample may be offered here: no production, nothing real."""
    if bootstrap.settings().is_production:
        return False
    with bootstrap.session() as session:
        return not sample_data.held(session, samples.schools()).is_real
