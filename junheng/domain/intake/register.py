"""The register (学校名录): the schools that must report this year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from junheng import wording
from junheng.domain import known_answers
from junheng.domain.intake import layouts
from junheng.domain.intake.forms import SchoolForm
from junheng.domain.intake.school_identity import CODE_LABEL, NAME_LABEL
from junheng.domain.intake.sheets import Sheet, code_of, label_of, text_of
from junheng.domain.intake.submissions import RegisteredSchool

# The title of the register and the name of its file.
TITLE = "学校名录"
COLUMNS = {
    "code": CODE_LABEL,
    "name": NAME_LABEL,
    "kind": "学校类型",
    "town": "所在镇街",
    "locale": "城乡类型",
    "ownership": "办学性质",
}
# These are also items of the school's own form, with the same answers.
_ITEMS = {"kind": "school_kind", "locale": "locale", "ownership": "ownership"}
_UNIQUE = ("code", "name")
# On the register, although the form of compulsory education is not for it.
NOT_ASKED = (known_answers.VOCATIONAL_SCHOOL,)
MOST_MISTAKES_SAID = 5


class RegisterUnusable(ValueError):
    """We cannot use the register, because it is damaged or contradicts itself."""


def read(sheet: Sheet, *, form: SchoolForm) -> tuple[RegisteredSchool, ...]:
    """Return the schools of a register, in its order; raises RegisterUnusable.

    Towns are not checked: a new one may not be in the district's config yet.
    """
    header = layouts.columns_of(sheet, COLUMNS.values())
    if header is None:
        missing = wording.packaged().school_register.columns_missing
        raise RegisterUnusable(missing.format(columns="、".join(COLUMNS.values())))
    start, places = header
    code = places[COLUMNS["code"]]
    schools = {
        row + 1: _school(sheet, row, places)
        for row, _ in layouts.rows_below(sheet, start, name=code)
    }
    if not schools:
        raise RegisterUnusable(wording.packaged().school_register.empty)
    choices = {key: form.by_key[item].choices for key, item in _ITEMS.items()}
    choices["kind"] += NOT_ASKED
    mistakes = (*_off_the_choices(schools, choices), *_doubled(schools))
    if mistakes:
        raise RegisterUnusable(_joined(mistakes))
    return tuple(schools.values())


def _school(sheet: Sheet, row: int, places: Mapping[str, int]) -> RegisteredSchool:
    texts = {key: text_of(sheet.cell(row, places[label])) for key, label in COLUMNS.items()}
    return RegisteredSchool(
        **{**texts, "code": code_of(sheet.cell(row, places[COLUMNS["code"]]))},
    )


def _off_the_choices(
    schools: Mapping[int, RegisteredSchool],
    choices: Mapping[str, Iterable[str]],
) -> Iterator[str]:
    says = wording.packaged().school_register
    for row, school in schools.items():
        for key, label in COLUMNS.items():
            found, wanted = getattr(school, key), choices.get(key)
            listed = "、".join(wanted or ())
            if not found:
                blank = says.blank if wanted is None else says.blank_choice
                yield blank.format(row=row, label=label, choices=listed)
            elif wanted is not None and found not in wanted:
                off = says.off_the_choices
                yield off.format(row=row, label=label, found=found, choices=listed)


def _doubled(schools: Mapping[int, RegisteredSchool]) -> Iterator[str]:
    doubled = wording.packaged().school_register.doubled
    for key in _UNIQUE:
        rows_by_value: dict[str, list[int]] = {}
        for row, school in schools.items():
            rows_by_value.setdefault(label_of(getattr(school, key)), []).append(row)
        for value, rows in rows_by_value.items():
            if value and len(rows) > 1:
                named = "、".join(str(row) for row in rows)
                yield doubled.format(rows=named, label=COLUMNS[key], found=value)


def _joined(mistakes: Sequence[str]) -> str:
    first, rest = "；".join(mistakes[:MOST_MISTAKES_SAID]), len(mistakes) - MOST_MISTAKES_SAID
    if rest <= 0:
        return first
    return wording.packaged().school_register.more.format(mistakes=first, count=rest)
