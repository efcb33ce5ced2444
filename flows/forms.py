"""What the form of a deployment asks for: each place with its name and what to write there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from junheng import bootstrap
from junheng.bootstrap import SettingsUnusable

EARLIEST_YEAR, LATEST_YEAR = 2018, 2099


def blank(title: str, description: str, **more: Any) -> Any:
    """Return how a place of the form is called; Prefect keeps the parameter's name elsewhere."""
    return Field(json_schema_extra={"title": title, "description": description, **more})


def _districts() -> list[str]:
    try:
        return list(bootstrap.districts())
    except SettingsUnusable:
        # The run itself says so in words; the form must not keep it from being loaded.
        return []


def _may_be_empty(**schema: Any) -> WithJsonSchema:
    # One plain place to write in: the form would ask first whether it is a value or null.
    return WithJsonSchema(schema)


SchoolYear = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    _may_be_empty(type="integer", minimum=EARLIEST_YEAR, maximum=LATEST_YEAR),
    blank("学年", "写学年开始的年份，如 2025 指 2025—2026 学年；不填就是办理那天所在的学年"),
]
YearInHand = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    _may_be_empty(type="integer", minimum=EARLIEST_YEAR, maximum=LATEST_YEAR),
    blank("学年", "写学年开始的年份，如 2025；不填就是最近一个收过报送的学年"),
]
Folder = Annotated[
    str | None,
    _may_be_empty(type="string"),
    blank("报送文件夹", "各单位报送的文件所在的文件夹；不填就是 JUNHENG_HOME 下的 inbox/学年"),
]
Day = Annotated[
    date | None,
    _may_be_empty(type="string", format="date"),
    blank("按哪一天办理", "补办以前某一天的才填；不填就是今天"),
]
DespiteGaps = Annotated[
    str | None,
    _may_be_empty(type="string"),
    blank(
        "无联系人仍开展的理由", "有单位没有可联系的人时，不填就不办；填了就照办，理由记入台账历史"
    ),
]
District = Annotated[
    str | None,
    _may_be_empty(type="string", enum=_districts()),
    blank("区县", "config 下的文件夹名；不填就是 JUNHENG_DISTRICT 所设的"),
]
DryRun = Annotated[
    bool,
    blank("试运行", "在数据库的副本里办一遍，只看结果：什么都不保存，也不发给任何人"),
]
By = Annotated[str, blank("发起人", "手动运行时写姓名，记入台账历史；定时运行不填")]
Reason = Annotated[str, blank("事由", "为什么手动运行，记入台账历史")]


@contextmanager
def of_district(name: str | None) -> Iterator[None]:
    """Work for a district, the one that is set where none is named."""
    if name is None:
        yield
        return
    with bootstrap.set_to(district=name):
        yield
