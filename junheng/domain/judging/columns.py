"""The columns that each grain's frame has, by the forms of a year: the columns a rule may use."""

from collections.abc import Iterable

from junheng.domain.intake.forms import DepartmentForm, SchoolForm
from junheng.domain.known_answers import COMPULSORY
from junheng.domain.standard.standard import Grain

# A junior section has no such column: 专科 exceeds the requirement for primary teachers only.
OF_PRIMARY_ALONE = "associate_degree_teachers"
UNIT = ("unit", "owner")
OF_A_SCHOOL = ("district_code", "classes", "largest_class", "compulsory_students")
OF_A_SECTION = ("stage", "section_share")


def columns_of(grain: Grain, schools: SchoolForm, departments: DepartmentForm) -> frozenset[str]:
    """Return the names of a grain's columns."""
    own: Iterable[str]
    match grain:
        case Grain.SCHOOL:
            own = (*OF_A_SCHOOL, *schools.by_key)
        case Grain.SECTION | Grain.STAGE:
            own = (*OF_A_SCHOOL, *OF_A_SECTION, *schools.by_key, *_staged(schools))
        case Grain.CLASS:
            own = ("stage", "students")
        case Grain.DISTRICT:
            sums = (item.key for item in schools.items if item.is_number)
            own = (*sums, *departments.by_key)
        case Grain.SUBJECT:
            own = ("level", "gap")
        case Grain.PROJECT:
            own = (key for key in departments.project_columns if key.startswith("joined_"))
        case Grain.PLAN_TASK:
            own = ("number", "progress", "has_evidence")
        case Grain.SUBMISSION:
            own = ("is_received",)
    return frozenset({*UNIT, *own})


def _staged(form: SchoolForm) -> Iterable[str]:
    """Yield the names, without suffix, of the figures that the form has for each stage."""
    suffixes = [form.sections[stage] for stage in COMPULSORY if stage in form.sections]
    for key in form.by_key:
        name, _, suffix = key.rpartition("_")
        each = suffixes[:1] if name == OF_PRIMARY_ALONE else suffixes
        if suffix in suffixes and all(f"{name}_{other}" in form.by_key for other in each):
            yield name


def choices_of(
    column: str, grain: Grain, schools: SchoolForm, departments: DepartmentForm
) -> tuple[str, ...] | None:
    """Return the closed set of words that a column may contain, None if it has no closed set."""
    if column == "stage":
        return COMPULSORY
    if grain is Grain.PLAN_TASK and column == "progress":
        return departments.plan_task_progress
    if grain is Grain.SUBJECT and column == "level":
        keys = [f"{subject}_level" for subject in departments.subjects.values()]
        levels = [departments.by_key[key].choices for key in keys if key in departments.by_key]
        return tuple(set.intersection(*map(set, levels))) if levels else ()
    form = departments if grain is Grain.DISTRICT else schools
    item = form.by_key.get(column)
    return item.choices if item is not None and item.choices else None
