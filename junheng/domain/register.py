"""The register (学校名录): which schools must report this year."""

from junheng.domain import layouts
from junheng.domain.sheets import Sheet, text_of
from junheng.domain.submissions import RegisteredSchool

COLUMNS = {
    "code": "学校代码",
    "name": "学校名称",
    "kind": "学校类型",
    "town": "所在镇街",
    "locale": "城乡类型",
    "ownership": "办学性质",
}


class RegisterUnusable(ValueError):
    """We cannot tell who must report, because the register is damaged or contradicts itself."""


def read(sheet: Sheet) -> tuple[RegisteredSchool, ...]:
    """Return the schools of a register, in its own order; raises RegisterUnusable."""
    header = layouts.columns_of(sheet, COLUMNS.values())
    if header is None:
        raise RegisterUnusable(f"学校名录缺少列，应有：{'、'.join(COLUMNS.values())}")
    start, places = header
    schools = tuple(
        RegisteredSchool(
            **{key: text_of(sheet.cell(row, places[label])) for key, label in COLUMNS.items()},
        )
        for row, _ in layouts.rows_below(sheet, start)
    )
    codes = [school.code for school in schools]
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise RegisterUnusable(f"学校名录中学校代码重复：{'、'.join(doubled)}")
    if not all(codes):
        raise RegisterUnusable("学校名录中有学校没有填学校代码")
    if not schools:
        raise RegisterUnusable("学校名录是空的")
    return schools
