"""What a round came to, as a head of office reads it: one screen, the worst first."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from junheng import bootstrap
from junheng.domain.findings import Verdict
from junheng.domain.submissions import Standing
from junheng.store import notices as notices_store
from tasks import overview
from tasks.overview import LineCount, Overview

MOST_LINES = 12


def say(console: Console, year: int, seconds: Sequence[tuple[str, float]]) -> None:
    """Print who reported, what passes, who owes what by when, and where to look next."""
    seen = overview.of_year(year)
    _reporting(console, seen, year)
    _lines(console, seen)
    _owed(console, seen)
    _cards_and_next(console, year)
    parts = "，".join(f"{name} {spent:.1f}秒" for name, spent in seconds)
    total = sum(spent for _, spent in seconds)
    console.print(f"\n[dim]用时：{parts}；合计 {total:.1f}秒[/dim]")


def _reporting(console: Console, seen: Overview, year: int) -> None:
    schools = seen.register.schools
    count = {status: sum(one.status is status for one in schools) for status in Standing}
    departments = seen.register.departments
    received = sum(one.status is Standing.RECEIVED for one in departments)
    console.rule(f"[bold]{year}年报送")
    console.print(
        f"应报 {len(schools)} 所学校：已收到 [green]{count[Standing.RECEIVED]}[/green]，"
        f"退回 [red]{count[Standing.SENT_BACK]}[/red]，"
        f"未报送 [red]{count[Standing.MISSING]}[/red]。"
        f"部门和镇街 {len(departments)} 个，已收到 {received}。",
    )
    table = Table("单位", "状态", header_style="bold")
    table.add_column("原因和要做的事", overflow="fold")
    for entry in seen.register.entries:
        if entry.status is not Standing.RECEIVED:
            status = "退回" if entry.status is Standing.SENT_BACK else "未报送"
            table.add_row(entry.name, status, entry.reason)
    for file, reason in seen.register.unplaced:
        table.add_row(file, "退回", reason)
    if table.row_count:
        console.print(table)


def _lines(console: Console, seen: Overview) -> None:
    met = [one for one in seen.lines if one.is_met]
    console.rule("[bold]指标判定")
    console.print(
        f"{len(seen.lines)} 项指标，全部单位达标的 [green]{len(met)}[/green] 项，"
        f"有问题的 [red]{len(seen.lines) - len(met)}[/red] 项。未达标最多的：",
    )
    table = Table(
        "指标",
        "名称",
        "达标",
        "未达标",
        "缺报",
        "不适用",
        "未能判定",
        header_style="bold",
    )
    for one in _worst(seen.lines):
        counts = [str(one.units.get(verdict, 0)) for verdict in Verdict]
        table.add_row(one.line.id, one.line.name, *counts)
    console.print(table)


def _worst(lines: Sequence[LineCount]) -> list[LineCount]:
    failing = [one for one in lines if one.units.get(Verdict.NOT_MET, 0)]
    failing.sort(key=lambda one: -one.units.get(Verdict.NOT_MET, 0))
    return failing[:MOST_LINES]


def _owed(console: Console, seen: Overview) -> None:
    console.rule("[bold]整改责任")
    console.print(f"整改台账共 {len(seen.ledger)} 项，{len(seen.owed)} 个牵头单位：")
    table = Table("牵头单位", "事项", "最早到期", "最晚到期", "涉及指标", header_style="bold")
    for one in seen.owed:
        table.add_row(
            one.lead,
            str(one.remediations),
            str(one.first_due_on),
            str(one.last_due_on),
            "、".join(one.indicators),
        )
    console.print(table)


def _cards_and_next(console: Console, year: int) -> None:
    with bootstrap.session() as session:
        cards = notices_store.listing(session, bootstrap.rulebook().district.code)
        sent = sum(card.sent_at is not None for card in cards)
        days = "、".join(sorted({str(card.planned_on) for card in cards}))
    outbox = bootstrap.settings().outbox_folder
    console.rule("[bold]发给各单位的卡片")
    console.print(
        f"{days} 的卡片 {len(cards)} 张，已发出 {sent} 张，每个联系人一张。"
        f"没有配置 Slack 时，卡片存放在 {outbox}",
        highlight=False,
    )
    console.rule("[bold]接下来看哪里")
    console.print(
        f"junheng register --year {year}  谁报了、谁被退回、为什么\n"
        f"junheng verdicts --year {year}  每个单位每项指标的判定（--format csv 输出全部）\n"
        "junheng ledger                整改台账\n"
        "junheng notices               发给各单位的卡片\n"
        "make up                       打开操作界面，定时运行",
        highlight=False,
    )
