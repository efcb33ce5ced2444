"""The register (学校名录): which schools must report this year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from junheng import wording
from junheng.domain import known_answers
from junheng.domain.intake import layouts
from junheng.domain.intake.forms import SchoolForm
from junheng.domain.intake.school_identity import CODE_LABEL, NAME_LABEL
from junheng.domain.intake.sheets import Sheet, code_of, label_of, text_of
from junheng.domain.intake.submissions import RegisteredSchool

# What the register is called, as its file is named.
TITLE = "学校名录"
COLUMNS = {
    "code": CODE_LABEL,
    "name": NAME_LABEL,
    "kind": "学校类型",
    "town": "所在镇街",
    "locale": "城乡类型",
    "ownership": "办学性质",
}
# Each is asked for in the school's own form too, and takes the same answers there.
_ITEMS = {"kind": "school_kind", "locale": "locale", "ownership": "ownership"}
_UNIQUE = ("code", "name")
# On the register, though the form of compulsory education is not meant for it.
NOT_ASKED = (known_answers.VOCATIONAL_SCHOOL,)
MOST_MISTAKES_SAID = 5


class RegisterUnusable(ValueError):
    """We cannot tell who must report, because the register is damaged or contradicts itself."""


def read(sheet: Sheet, *, form: SchoolForm) -> tuple[RegisteredSchool, ...]:
    """Return the schools of a register, in its own order; raises RegisterUnusable.

    A town is taken as it stands: a new one may not be in the district's config yet.
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
        raise RegisterUnusable(_said(mistakes))
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
            stands, wanted = getattr(school, key), choices.get(key)
            listed = "、".join(wanted or ())
            if not stands:
                blank = says.blank if wanted is None else says.blank_choice
                yield blank.format(row=row, label=label, choices=listed)
            elif wanted is not None and stands not in wanted:
                off = says.off_the_choices
                yield off.format(row=row, label=label, found=stands, choices=listed)


def _doubled(schools: Mapping[int, RegisteredSchool]) -> Iterator[str]:
    doubled = wording.packaged().school_register.doubled
    for key in _UNIQUE:
        rows: dict[str, list[int]] = {}
        for row, school in schools.items():
            rows.setdefault(label_of(getattr(school, key)), []).append(row)
        for stands, its in rows.items():
            if stands and len(its) > 1:
                named = "、".join(str(row) for row in its)
                yield doubled.format(rows=named, label=COLUMNS[key], found=stands)


def _said(mistakes: Sequence[str]) -> str:
    first, rest = "；".join(mistakes[:MOST_MISTAKES_SAID]), len(mistakes) - MOST_MISTAKES_SAID
    if rest <= 0:
        return first
    return wording.packaged().school_register.more.format(mistakes=first, count=rest)
