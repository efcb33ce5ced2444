"""The forms of deployments: each field with its title and description."""

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
    blank field, and its API refuses null for a parameter with a default. Without a default, a blank
    or cleared field is not sent at all, and null is accepted too.
    """
    signature = inspect.signature(deployed.fn, eval_str=True)
    parameters = [
        parameter.replace(default=MISSING) if parameter.default in {None, ""} else parameter
        for parameter in signature.parameters.values()
    ]
    # `prefect deploy` reads the signature of the flow; a run calls the wrapped function.
    deployed.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return deployed


def blank(*, title: str, description: str, **more: Any) -> Any:
    """Return the title and description of a field of the form."""
    return Field(json_schema_extra={"title": title, "description": description, **more})


def _districts() -> list[str]:
    try:
        return list(bootstrap.districts())
    except SettingsUnusable:
        # The run itself reports this error; the import of the flow must not fail.
        return []


def _shown_as(**schema: Any) -> WithJsonSchema:
    # One plain field: for `int | None` (anyOf) the form would first ask for the type.
    return WithJsonSchema(schema)


def choice(among: type[StrEnum]) -> WithJsonSchema:
    """Show an enum as a drop-down list, without its class name."""
    return _shown_as(type="string", enum=[member.value for member in among])


def _none_if_blank(written: object) -> object:
    """Convert a text of spaces into None: it looks blank on the form."""
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
    """The form of a run for the whole district."""

    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfADay:
    """The form of a run for one day."""

    on: Day = None
    dry_run: DryRun = False
    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTheYearInHand:
    """The form of a run that evaluates the collected data of a year again."""

    year: YearInHand = None
    on: Day = None
    dry_run: DryRun = False
    despite_gaps: DespiteGaps = None
    district: District = None
    by: By = ""
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAYear:
    """The form of a run that collects and evaluates a year's folder."""

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
        """Return the folder of the form, by default the year's folder in the inbox."""
        inbox = bootstrap.settings().inbox_folder
        return self.folder or str(inbox / str(self.school_year(now)))


@contextmanager
def of_district(name: str | None) -> Iterator[None]:
    """Set the district for the block; None keeps the configured one."""
    if name is None:
        yield
        return
    with bootstrap.set_to(district=name):
        yield
