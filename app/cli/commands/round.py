"""The steps of a round as commands, and the demo that runs all of them."""

import time
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import Day, RulesYear, Year
from app.cli.progress import working
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors
from junheng import wording
from junheng.domain.operations.step_names import StepName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from tasks.workbook.replies import CopyTaken

rounds = typer.Typer(cls=OneLineGroup, add_completion=False)
DEMO_REMEDIATED_ON, DEMO_CHASED_ON = date(2025, 10, 20), date(2025, 11, 3)

DespiteGaps = Annotated[
    str | None,
    typer.Option("--despite-gaps", help="有单位没有联系人时，为什么仍要交办；理由记入台账历史"),
]
SignedBy = Annotated[str | None, typer.Option("--by", help="签批人；不写就记为创建办")]


def _console() -> "Console":
    """Return a console on standard error: standard output is only for requested lists."""
    from rich.console import Console

    return Console(stderr=True)


@rounds.command()
def collect(
    folder: Annotated[Path, typer.Argument(help="各单位报送文件所在的文件夹")],
    year: Year,
    on: Day = None,
) -> None:
    """收取各学校、各部门报送的文件；填回的整改台账按 --on 那一天办理。"""
    from junheng.adapters import clock
    from tasks.intake import submissions, unread_files

    console = _console()
    with clear_errors():
        with working(console, StepName.COLLECT):
            taken = submissions.collect(folder, year=year, now=clock.now(), on=on and on.date())
        _print_copies(console, taken.copies)
        _print_register(console, year)
        for line in unread_files.lines(taken.unread):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


@rounds.command()
def evaluate(year: Year, rules_year: RulesYear = None) -> None:
    """按标准逐项判定一个学年。"""
    from junheng.adapters import clock
    from tasks.judging import evaluation

    console = _console()
    with clear_errors():
        with working(console, StepName.EVALUATE):
            evaluated = evaluation.evaluate(year=year, now=clock.now(), rules_year=rules_year)
        not_judged = wording.packaged().command.not_judged
        for indicator, reason in evaluated.broken.items():
            sentence = not_judged.format(indicator=indicator, reason=reason)
            console.print(f"[yellow]{sentence}[/yellow]")


@rounds.command()
def remediate(
    year: Year, on: Day = None, by: SignedBy = None, despite_gaps: DespiteGaps = None
) -> None:
    """把未达标的事项交办给责任单位；重复运行不会重复交办。"""
    from junheng.adapters import clock
    from tasks.ledger import remediation

    console = _console()
    today = on.date() if on else clock.today()
    with clear_errors():
        with working(console, StepName.HAND_OVER):
            settled = remediation.remediate(
                year=year, today=today, now=clock.now(), by=by, despite_gaps=despite_gaps
            )
        console.print(remediation.sentence(settled))


@rounds.command()
def chase(on: Day = None) -> None:
    """给每个联系人发当天的一张卡片；到期该开的例行事项先开立。"""
    from app.cli import daily_cards

    with clear_errors():
        daily_cards.send(_console(), on.date() if on else None)


@rounds.command()
def demo() -> None:
    """用随附的2025年样例跑完整个年度流程。"""
    from rich.console import Console

    from app.cli import round_by_hand
    from app.cli.lists.summary import print_summary
    from junheng.adapters import clock
    from tasks.intake import samples

    console = Console()
    folder = samples.SAMPLES / str(samples.YEAR)
    arguments = round_by_hand.Round(samples.YEAR, folder, DEMO_REMEDIATED_ON, clock.now())
    spent: list[tuple[str, float]] = []
    with clear_errors():
        samples.refuse_in_production()
        # The demo has no signer, so it approves every draft.
        steps = chain(
            round_by_hand.up_to_the_sign_off(arguments),
            round_by_hand.from_the_sign_off(
                DEMO_REMEDIATED_ON, chased_on=DEMO_CHASED_ON, clock=clock.now
            ),
        )
        for name, run in steps:
            started = time.monotonic()
            with console.status(f"{name}……"):
                run()
            spent.append((name, time.monotonic() - started))
        print_summary(console, samples.YEAR, spent)


def _print_copies(console: "Console", copies: "Iterable[CopyTaken]") -> None:
    from tasks.workbook import replies

    for copy in copies:
        for line in replies.sentences(copy):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


def _print_register(console: "Console", year: int) -> None:
    from junheng import bootstrap
    from junheng.adapters import clock
    from junheng.domain.intake.submissions import Standing
    from tasks.intake import register as registers

    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        # Workbooks of the ledger may be returned before the first submission of the year.
        if not registers.is_collected(session, rulebook, year):
            return
        register = registers.of_year(session, rulebook, year)
    # A file name such as [更正].xlsx is not markup; grep finds a line only if it is not wrapped.
    print_line = partial(console.print, highlight=False, markup=False, soft_wrap=True)
    words = wording.packaged().command.reports
    sentences = ((Standing.SENT_BACK, words.sent_back), (Standing.MISSING, words.missing))
    for status, sentence in sentences:
        for entry in register.entries:
            if entry.status is status:
                name = rulebook.display_name(entry.name, clock.today())
                print_line(sentence.format(name=name, reason=entry.reason))
    for file, reason in register.unplaced:
        print_line(words.unplaced.format(file=file, reason=reason))
    received = sum(school.status is Standing.RECEIVED for school in register.schools)
    console.print(words.received.format(all=len(register.schools), received=received))
