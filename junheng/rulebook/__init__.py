"""Reads config/ into domain objects; no other module opens those files.

Files missing in a district's own folder are taken from the sample district.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

from junheng import config_files
from junheng import wording as wordings
from junheng.config_files import RulebookUnusable as RulebookUnusable
from junheng.domain.chase.ladder import Ladder
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.domain.duties.responsibilities import DutyList, Plan, Responsibilities
from junheng.domain.duties.standing_duties import StandingDuties
from junheng.domain.intake.dated_forms import DatedDepartmentForm, DatedSchoolForm
from junheng.domain.ledger.evidence import EvidenceRules
from junheng.domain.ledger.lights import LightRules
from junheng.domain.ledger.milestones import MilestonePlans
from junheng.domain.people.contacts import Contacts
from junheng.domain.people.districts import District
from junheng.rulebook import calendars, checks, standards
from junheng.rulebook.checks.subject import Subject
from junheng.rulebook.district_folder import FILES, DistrictFolder
from junheng.rulebook.files import Departments, Lines
from junheng.rulebook.rulebook import Rulebook as Rulebook

SAMPLE_DISTRICT = "taierzhuang"
COMMON = ("standard", "forms", "calendar", "wording")
# The size of the rulebook cache of a process: enough for some districts and versions of config/.
MOST_LOADED = 8


def districts(config: Path) -> tuple[str, ...]:
    """Return the names of the districts' folders under config/."""
    return tuple(sorted(path.parent.name for path in config.glob("*/district.yaml")))


def load(config: Path, district: str) -> Rulebook:
    """Return the rulebook of a district: a folder's name under config/, or any folder's path.

    It is read once per process for each state of its files, and shared, because it is immutable.

    Raises:
        RulebookUnusable: a file is missing, is not YAML, is invalid, or uses an undefined name.

    """
    own = _own_folder(config, district)
    files = _files(config, own)
    return _loaded(config, own, files, tuple(config_files.digest(path) for _, path in files))


def mistakes(config: Path, district: str) -> tuple[str, ...]:
    """Return as many mistakes as can be found in one pass, as sentences; none if it loads."""
    own = _own_folder(config, district)
    found = [sentence for read in _readers(config, own) for sentence in _refused(read)]
    if found:
        return tuple(dict.fromkeys(found))
    return _refused(lambda: load(config, district))


def _refused(read: Callable[[], object]) -> tuple[str, ...]:
    try:
        read()
    except RulebookUnusable as error:
        return error.sentences
    return ()


def _own_folder(config: Path, district: str) -> DistrictFolder:
    folder = config / district if (config / district).is_dir() else Path(district)
    if not (folder / "district.yaml").is_file():
        missing = config_files.says().no_district
        raise RulebookUnusable(missing.format(path=folder / "district.yaml"))
    return DistrictFolder(folder, config / SAMPLE_DISTRICT)


def _files(config: Path, own: DistrictFolder) -> tuple[tuple[str, Path], ...]:
    """Return every file in use, with its name in the ledger's history."""
    paths = [path for name in COMMON for path in sorted((config / name).glob("*.yaml"))]
    return tuple((f"{path.parent.name}/{path.name}", path) for path in (*paths, *own.files()))


@lru_cache(maxsize=MOST_LOADED)
def _loaded(
    config: Path,
    own: DistrictFolder,
    files: tuple[tuple[str, Path], ...],
    digests: tuple[str, ...],
) -> Rulebook:
    del digests
    rulebook = _built(config, own, files)
    subject = Subject(rulebook, config, own)
    if found := dict.fromkeys(checks.mistakes(subject)):
        raise config_files.unusable(found)
    return rulebook


def _built(config: Path, own: DistrictFolder, files: tuple[tuple[str, Path], ...]) -> Rulebook:
    plan = own.parsed(Plan)
    place = own.parsed(District)
    people = own.parsed(Contacts).with_towns(place.towns)
    wording = wordings.load(config / "wording")
    standard = standards.read(config / "standard", plan)
    return Rulebook(
        district=place,
        departments=own.parsed(Departments).departments,
        plan=plan,
        duty_list=own.parsed(DutyList),
        responsibilities=own.parsed(Responsibilities),
        recurring=own.parsed(RecurringDuties),
        standing=own.parsed(StandingDuties),
        standard=standard,
        conditions=standards.conditions(config / "standard"),
        school_forms=config_files.parsed(config / "forms" / "school.yaml", DatedSchoolForm),
        department_forms=config_files.parsed(
            config / "forms" / "department.yaml", DatedDepartmentForm
        ),
        calendar_years=calendars.read(config / "calendar"),
        ladder=own.parsed(Ladder).calling(wording.ledger.moves),
        contacts=people if own.has("contacts.yaml") else people.borrowed(),
        evidence=own.parsed(EvidenceRules),
        lights=own.parsed(LightRules),
        milestones=own.parsed(MilestonePlans),
        wording=wording,
        files=files,
    )


def _readers(config: Path, own: DistrictFolder) -> Iterator[Callable[[], object]]:
    """Yield a reader for each single file, so that a mistake in one hides none in another."""
    for model in FILES:
        yield partial(own.parsed, model)
    yield partial(config_files.parsed, config / "forms" / "school.yaml", DatedSchoolForm)
    yield partial(config_files.parsed, config / "forms" / "department.yaml", DatedDepartmentForm)
    yield partial(standards.conditions, config / "standard")
    for path in standards.line_files(config / "standard"):
        yield partial(config_files.parsed, path, Lines)
    for path in sorted((config / "calendar").glob("*.yaml")):
        yield partial(calendars.calendar_year, path)
    yield from wordings.readers(config / "wording")
