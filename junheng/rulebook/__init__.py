"""Reads config/ into domain objects; the only opener of those files.

What a district's own folder lacks comes from the sample district's.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from junheng import config_files
from junheng import wording as wordings
from junheng.config_files import RulebookUnusable as RulebookUnusable
from junheng.domain.chase.ladder import Ladder
from junheng.domain.duties import periods
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.domain.duties.responsibilities import DutyList, DutyRoster, Plan, Responsibilities
from junheng.domain.duties.standing_duties import StandingDuties
from junheng.domain.intake.forms import DepartmentForm, SchoolForm
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.judging.recognition import Condition
from junheng.domain.judging.thresholds import JUDGING_VERSION
from junheng.domain.ledger.evidence import EvidenceRules
from junheng.domain.ledger.lights import LightRules
from junheng.domain.ledger.milestones import MilestonePlans
from junheng.domain.pages.rule_words import RuleWords
from junheng.domain.people.contacts import POST_MARK, Contacts
from junheng.domain.people.districts import EVERY_TOWN, Department, District, towns_in_place
from junheng.domain.standard.standard import Line, Standard, repeated_for_plan_tasks
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.rulebook.district_folder import DistrictFolder
from junheng.wording import Wording

RECOGNITION = "recognition.yaml"
SAMPLE_DISTRICT = "taierzhuang"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything config/ says about one district."""

    district: District
    departments: tuple[Department, ...]
    plan: Plan
    duty_list: DutyList
    responsibilities: Responsibilities
    recurring: RecurringDuties
    standing: StandingDuties
    standard: Standard
    conditions: tuple[Condition, ...]
    school_form: SchoolForm
    department_form: DepartmentForm
    calendar_years: tuple[CalendarYear, ...]
    ladder: Ladder
    contacts: Contacts
    evidence: EvidenceRules
    lights: LightRules
    milestones: MilestonePlans
    wording: Wording
    files: tuple[tuple[str, Path], ...]
    # What is assumed of a year that has no file yet; config/ says nothing of it.
    foresee: Callable[[int], CalendarYear] | None = None

    @property
    def digests(self) -> Mapping[str, str]:
        """Return the hash of every file this was read from, by folder and name."""
        return {name: config_files.digest(path) for name, path in self.files}

    @property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(self.calendar_years, self.foresee)

    @property
    def roster(self) -> DutyRoster:
        return DutyRoster(
            {task.number: task.units for task in self.plan.tasks},
            self.responsibilities,
            self.district.towns,
        )

    @property
    def words(self) -> RuleWords:
        """Return what says the rules in words, the same wherever they are shown."""
        figures, units = self.wording.figures, self.wording.units
        return RuleWords(self.school_form, self.department_form, figures, units)

    @property
    def judging_hash(self) -> str:
        """Return one hash of all that is judged by: rules, forms, plan, version of the code."""
        digest = hashlib.sha256()
        judged_by = (self.standard, self.school_form, self.department_form, self.district)
        for part in (*judged_by, *self.departments):
            digest.update(part.model_dump_json(by_alias=True).encode())
        digest.update(repr([(task.number, task.units) for task in self.plan.tasks]).encode())
        digest.update(str(JUDGING_VERSION).encode())
        return digest.hexdigest()

    @property
    def reporting_departments(self) -> tuple[ReportingDepartment, ...]:
        """Return every department and town that must report, with what it owes."""
        named = {unit.id: unit.all_names for unit in self.departments}
        named |= {town: frozenset({town}) for town in self.district.towns}
        answering = {
            unit: {
                task.number: task.title
                for task in self.plan.tasks
                if unit in towns_in_place(task.units, self.district.towns)
            }
            for unit in named
        }
        everyone = (
            ReportingDepartment(unit, names, self.department_form.items_of(unit), answering[unit])
            for unit, names in named.items()
        )
        return tuple(one for one in everyone if one.owed)

    def called(self, indicator: str, period: str) -> str:
        """Return the name of a line, or of a duty that returns with which time it is."""
        if not period:
            line = self.standard.line(indicator)
            return "" if line is None else line.name
        wording = self.wording.ledger
        names = [duty.name for duty in self.recurring.duties if duty.id == indicator]
        name = names[-1] if names else wording.duty_gone.format(id=indicator)
        turn = periods.said(period, wording.periods)
        return wording.duty.format(name=name, period=turn)

    def display_name(self, unit: str, day: date) -> str:
        """Return what people call a department on a day; towns and schools keep theirs."""
        return next((known.name_on(day) for known in self.departments if known.id == unit), unit)

    def display_names(self, recipient: str, day: date) -> str:
        """Return what people call a recipient of cards: one office under several names is one.

        Who holds a post is called by the post.
        """
        units, _, post = recipient.partition(POST_MARK)
        names = (self.display_name(unit, day) for unit in units.split("、"))
        called = "、".join(dict.fromkeys(names))
        return self.wording.contacts.posts.of(post).format(units=called) if post else called


def districts(config: Path) -> tuple[str, ...]:
    """Return the names of the districts' folders under config/."""
    return tuple(sorted(path.parent.name for path in config.glob("*/district.yaml")))


def load(config: Path, district: str) -> Rulebook:
    """Return the rulebook of a district: a folder's name under config/, or any folder's path.

    Raises:
        RulebookUnusable: a file is missing, is no YAML, or does not say what it must.

    """
    folder = config / district if (config / district).is_dir() else Path(district)
    if not (folder / "district.yaml").is_file():
        raise RulebookUnusable(f"找不到区县配置：{folder / 'district.yaml'}（JUNHENG_DISTRICT）")
    own = DistrictFolder(folder, config / SAMPLE_DISTRICT)
    plan = config_files.parsed(own.file("plan.yaml"), Plan)
    standard = _standard(config / "standard", plan)
    place = config_files.parsed(own.file("district.yaml"), District)
    people = config_files.parsed(own.file("contacts.yaml"), Contacts).with_towns(place.towns)
    wording = wordings.load(config / "wording")
    common = ("standard", "forms", "calendar", "wording")
    read_from = [path for name in common for path in sorted((config / name).glob("*.yaml"))]
    read_from += own.files()
    rulebook = Rulebook(
        district=place,
        departments=tuple(
            config_files.built(Department, entry, own.file("departments.yaml"))
            for entry in config_files.entries(own.file("departments.yaml"), "departments")
        ),
        plan=plan,
        duty_list=config_files.parsed(own.file("duties.yaml"), DutyList),
        responsibilities=config_files.parsed(own.file("responsibilities.yaml"), Responsibilities),
        recurring=config_files.parsed(own.file("recurring.yaml"), RecurringDuties),
        standing=config_files.parsed(own.file("standing.yaml"), StandingDuties),
        standard=standard,
        conditions=_conditions(config / "standard" / RECOGNITION, standard),
        school_form=config_files.parsed(config / "forms" / "school.yaml", SchoolForm),
        department_form=config_files.parsed(config / "forms" / "department.yaml", DepartmentForm),
        calendar_years=_calendar(config / "calendar"),
        ladder=config_files.parsed(own.file("ladder.yaml"), Ladder).calling(wording.ledger.moves),
        contacts=people if own.has("contacts.yaml") else people.borrowed(),
        evidence=config_files.parsed(own.file("evidence.yaml"), EvidenceRules),
        lights=config_files.parsed(own.file("lights.yaml"), LightRules),
        milestones=config_files.parsed(own.file("milestones.yaml"), MilestonePlans),
        wording=wording,
        files=tuple((f"{path.parent.name}/{path.name}", path) for path in read_from),
    )
    _check_towns(rulebook)
    _check_lines(own.file("evidence.yaml"), rulebook.evidence.lines_beyond(standard.ids))
    _check_lines(own.file("milestones.yaml"), rulebook.milestones.lines - standard.ids)
    return rulebook


def _standard(folder: Path, plan: Plan) -> Standard:
    tasks = tuple((task.number, task.title) for task in plan.tasks)
    lines: list[Line] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == RECOGNITION:
            continue
        group = (
            {"group": config_files.read(path)["group"]}
            if "group" in config_files.read(path)
            else {}
        )
        for entry in config_files.entries(path, "lines"):
            line = config_files.built(Line, group | entry, path)
            lines.extend(repeated_for_plan_tasks(line, tasks) if line.repeat else (line,))
    try:
        return Standard(lines=tuple(lines))
    except ValidationError as error:
        raise RulebookUnusable(f"{folder}：{config_files.mistake_in_words(error)}") from error


def _conditions(path: Path, standard: Standard) -> tuple[Condition, ...]:
    conditions = tuple(
        config_files.built(Condition, entry, path)
        for entry in config_files.entries(path, "conditions")
    )
    _check_lines(path, {line for one in conditions for line in one.lines} - standard.ids)
    return conditions


def _check_lines(path: Path, unknown: Collection[str]) -> None:
    if unknown:
        raise RulebookUnusable(f"{path}：没有这些指标 {'、'.join(sorted(unknown))}")


def _calendar(folder: Path) -> tuple[CalendarYear, ...]:
    return tuple(
        CalendarYear.of(
            content["year"],
            holidays=[entry["day"] for entry in content["holidays"]],
            makeup_days=content["makeup_days"],
        )
        for content in map(config_files.read, sorted(folder.glob("*.yaml")))
    )


def _check_towns(rulebook: Rulebook) -> None:
    clash = {unit.id for unit in rulebook.departments} & {*rulebook.district.towns, EVERY_TOWN}
    if clash:
        raise RulebookUnusable(f"镇街与部门重名：{'、'.join(sorted(clash))}")
