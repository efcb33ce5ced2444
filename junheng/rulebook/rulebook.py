"""The content of config/ for one district, as one immutable object."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from junheng import config_files
from junheng.domain.chase.ladder import Ladder
from junheng.domain.duties import periods
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.domain.duties.responsibilities import DutyList, DutyRoster, Plan, Responsibilities
from junheng.domain.duties.standing_duties import StandingDuties
from junheng.domain.intake.dated_forms import DatedDepartmentForm, DatedSchoolForm
from junheng.domain.intake.forms import DepartmentForm, SchoolForm
from junheng.domain.intake.reporting_departments import ReportingDepartment
from junheng.domain.judging.recognition import Condition
from junheng.domain.judging.thresholds import JUDGING_VERSION
from junheng.domain.ledger.evidence import EvidenceRules
from junheng.domain.ledger.lights import LightRules
from junheng.domain.ledger.milestones import MilestonePlans
from junheng.domain.pages.rule_words import RuleWords
from junheng.domain.people.contacts import POST_MARK, Contacts
from junheng.domain.people.districts import Department, District, towns_in_place
from junheng.domain.school_years import judged_on
from junheng.domain.standard.standard import Standard
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.wording import Wording


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The content of config/ for one district."""

    district: District
    departments: tuple[Department, ...]
    plan: Plan
    duty_list: DutyList
    responsibilities: Responsibilities
    recurring: RecurringDuties
    standing: StandingDuties
    standard: Standard
    conditions: tuple[Condition, ...]
    school_forms: DatedSchoolForm
    department_forms: DatedDepartmentForm
    calendar_years: tuple[CalendarYear, ...]
    ladder: Ladder
    contacts: Contacts
    evidence: EvidenceRules
    lights: LightRules
    milestones: MilestonePlans
    wording: Wording
    files: tuple[tuple[str, Path], ...]
    # Returns the provisional calendar of a year without a file; not from config/.
    foresee: Callable[[int], CalendarYear] | None = None

    @property
    def digests(self) -> Mapping[str, str]:
        """Return the hash of every source file, by folder and name."""
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
        """Return the descriptions of rules that all pages use."""
        figures, units = self.wording.figures, self.wording.units
        forms = (self.school_forms.at_any_time, self.department_forms.at_any_time)
        return RuleWords(*forms, figures, units)

    def school_form(self, year: int, *, rules_year: int | None = None) -> SchoolForm:
        """Return the schools' form of a year, with the section weights of the year of the rules."""
        weighed_on = judged_on(rules_year or year)
        return self.school_forms.judged(judged_on(year), weighed_on=weighed_on)

    def department_form(self, year: int) -> DepartmentForm:
        """Return the departments' form of a year."""
        return self.department_forms.on(judged_on(year))

    def judging_hash(self, year: int, *, rules_year: int) -> str:
        """Return one hash of everything a year is judged by: rules, forms, plan, code version."""
        digest = hashlib.sha256()
        forms = (self.school_form(year, rules_year=rules_year), self.department_form(year))
        judged_by = (self.standard, *forms, self.district)
        for part in (*judged_by, *self.departments):
            digest.update(part.model_dump_json(by_alias=True).encode())
        digest.update(repr([(task.number, task.units) for task in self.plan.tasks]).encode())
        digest.update(str(JUDGING_VERSION).encode())
        return digest.hexdigest()

    def reporting_departments(self, year: int) -> tuple[ReportingDepartment, ...]:
        """Return every department and town that must report for a year, with its items."""
        form = self.department_form(year)
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
        all_units = (
            ReportingDepartment(unit, names, form.items_of(unit), answering[unit])
            for unit, names in named.items()
        )
        return tuple(unit for unit in all_units if unit.owed)

    def called(self, indicator: str, period: str) -> str:
        """Return the name of a line, or of a recurring duty with its period."""
        if not period:
            line = self.standard.line(indicator)
            return "" if line is None else line.name
        wording = self.wording.ledger
        names = [duty.name for duty in self.recurring.duties if duty.id == indicator]
        name = names[-1] if names else wording.duty_gone.format(id=indicator)
        turn = periods.display_name(period, wording.periods)
        return wording.duty.format(name=name, period=turn)

    def display_name(self, unit: str, day: date) -> str:
        """Return the name of a department on a day; names of towns and schools are unchanged."""
        return next((known.name_on(day) for known in self.departments if known.id == unit), unit)

    def display_names(self, recipient: str, day: date) -> str:
        """Return the display name of a recipient of cards, each name once.

        The holder of a post is addressed by the post.
        """
        units, _, post = recipient.partition(POST_MARK)
        names = (self.display_name(unit, day) for unit in units.split("、"))
        called = "、".join(dict.fromkeys(names))
        return self.wording.contacts.posts.of(post).format(units=called) if post else called
