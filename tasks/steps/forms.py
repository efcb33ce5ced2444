"""What the form of a deployment asks for: each place with its name and what to write there."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ParamSpec, TypeVar

from prefect import Flow
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import MISSING

from junheng import bootstrap
from junheng.bootstrap import SettingsUnusable
from junheng.domain.office_days import day_of, school_year

EARLIEST_YEAR, LATEST_YEAR = 2018, 2099

P = ParamSpec("P")
R = TypeVar("R")


def as_form(deployed: Flow[P, R]) -> Flow[P, R]:
    """Leave empty defaults out of the form that Prefect shows.

    Prefect writes `"default": null` for a parameter that may be None. Its UI then sends null for a
    place left blank, and its API refuses null for whatever has a default. Without a default a blank
    or cleared place is not sent at all, and null is accepted too.
    """
    shown = inspect.signature(deployed.fn, eval_str=True)
    places = [
        place.replace(default=MISSING) if place.default in {None, ""} else place
        for place in shown.parameters.values()
    ]
    # `prefect deploy` reads the signature of the flow; a run calls the function under it.
    deployed.__signature__ = shown.replace(parameters=places)  # type: ignore[attr-defined]
    return deployed


def blank(*, title: str, description: str, **more: Any) -> Any:
    """Return how a place of the form is called; Prefect keeps the parameter's name elsewhere."""
    return Field(json_schema_extra={"title": title, "description": description, **more})


def _districts() -> list[str]:
    try:
        return list(bootstrap.districts())
    except SettingsUnusable:
        # The run itself says so in words; the form must not keep it from being loaded.
        return []


def _shown_as(**schema: Any) -> WithJsonSchema:
    # One plain place to write in: for `int | None` the form would first ask which of the two.
    return WithJsonSchema(schema)


def choice(among: type[StrEnum]) -> WithJsonSchema:
    """Show a closed set as a list to choose from, without the name of its class."""
    return _shown_as(type="string", enum=[one.value for one in among])


def _none_if_blank(written: object) -> object:
    """Read a text of spaces as nothing written, for it looks the same on the form."""
    return None if isinstance(written, str) and not written.strip() else written


def _empty_if_none(written: object) -> object:
    return "" if written is None else written


Blank = BeforeValidator(_none_if_blank)
BlankText = BeforeValidator(_empty_if_none)

SchoolYear = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    Blank,
    _shown_as(type="integer", minimum=EARLIEST_YEAR, maximum=LATEST_YEAR),
    blank(
        title="学年",
        description="写学年开始的年份，如 2025 指 2025—2026 学年；不填就是办理那天所在的学年",
    ),
]
YearInHand = Annotated[
    Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)] | None,
    Blank,
    _shown_as(type="integer", minimum=EARLIEST_YEAR, maximum=LATEST_YEAR),
    blank(title="学年", description="写学年开始的年份，如 2025；不填就是最近一个收过报送的学年"),
]
Folder = Annotated[
    str | None,
    Blank,
    _shown_as(type="string"),
    blank(
        title="报送文件夹",
        description="各单位报送的文件所在的文件夹；"
        "不填就是收报文件夹里以学年命名的那个（如 inbox/2025）",
    ),
]
Day = Annotated[
    date | None,
    Blank,
    _shown_as(type="string", format="date"),
    blank(
        title="按哪一天办理",
        description="补办以前某一天的才填；不填就是今天。"
        "选过又要清空的，点右边的 ⋮ 再点 Omit value",
    ),
]
DespiteGaps = Annotated[
    str | None,
    Blank,
    _shown_as(type="string"),
    blank(
        title="无联系人仍开展的理由",
        description="有单位没有可联系的人时，不填就不办；填了就照办，理由记入台账历史",
    ),
]
District = Annotated[
    str | None,
    Blank,
    _shown_as(type="string", enum=_districts()),
    blank(
        title="区县",
        description="config 下的文件夹名；不选就是 JUNHENG_DISTRICT 所设的。"
        "选过又要清空的，点右边的 ⋮ 再点 Omit value",
    ),
]
SignOffNumber = Annotated[
    Annotated[int, Field(ge=1)] | None,
    Blank,
    _shown_as(type="integer", minimum=1),
    blank(
        title="签批单编号",
        description="不填就是现在待签批的那一张；编号见 Artifacts 的 sign-off-编号",
    ),
]
DryRun = Annotated[
    bool,
    blank(
        title="试运行", description="在数据库的副本里办一遍，只看结果：什么都不保存，也不发给任何人"
    ),
]
By = Annotated[
    str,
    BlankText,
    blank(title="发起人", description="不必填：登录的人自动记为发起人，写了别人也不算"),
]
Reason = Annotated[
    str,
    BlankText,
    blank(title="事由", description="为什么手动运行，记入台账历史；可以不填"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTheOffice:
    """What is asked for in a run that looks at everything there is."""

    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfADay:
    """What is asked for in a run that does what a day brings."""

    on: Day = None
    dry_run: DryRun = False
    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTheYearInHand:
    """What is asked for in a run that judges again what was taken in."""

    year: YearInHand = None
    on: Day = None
    dry_run: DryRun = False
    despite_gaps: DespiteGaps = None
    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAYear:
    """What is asked for in a run that takes a year's folder in and judges it."""

    year: SchoolYear = None
    folder: Folder = None
    on: Day = None
    dry_run: DryRun = False
    despite_gaps: DespiteGaps = None
    district: District = None
    by: By = ""
    reason: Reason = ""

    def day(self, now: datetime) -> date:
        return self.on or day_of(now)

    def school_year(self, now: datetime) -> int:
        return self.year or school_year(self.day(now))

    def sent_in(self, now: datetime) -> str:
        """Return the folder of what was sent in; where none is named, the year's in the inbox."""
        inbox = bootstrap.settings().inbox_folder
        return self.folder or str(inbox / str(self.school_year(now)))


@contextmanager
def of_district(name: str | None) -> Iterator[None]:
    """Work for a district, the one that is set where none is named."""
    if name is None:
        yield
        return
    with bootstrap.set_to(district=name):
        yield
