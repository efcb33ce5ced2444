"""The commands that query evaluations: trace, comparison, recognition, report, notices."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.lists.formats import Format
from app.cli.options import Evaluation, How, RulesYear, Year
from app.server.errors import clear_errors
from junheng import wording

if TYPE_CHECKING:
    from tasks.judging.overview import Which

reading = typer.Typer(add_completion=False)


def chosen_evaluation(year: int, rules_year: int | None, evaluation: int | None) -> "Which":
    """Return the evaluation to show; with `rules_year`, evaluate today's figures by those rules."""
    from tasks.judging.overview import Which

    if rules_year is not None and evaluation is not None:
        raise typer.BadParameter(wording.packaged().command.rules_or_evaluation)
    if rules_year is not None:
        from junheng.adapters import clock
        from tasks.judging import evaluation as evaluations

        evaluations.evaluate(year=year, now=clock.now(), rules_year=rules_year)
    return Which(rules_year, evaluation)


@reading.command()
def trace(
    indicator: Annotated[str, typer.Argument(help="指标编号，如 R1")],
    unit: Annotated[str, typer.Argument(help="单位，写法与 verdicts 相同，如 3370405001:小学")],
    year: Year,
    rules_year: RulesYear = None,
    evaluation: Evaluation = None,
    how: How = Format.TABLE,
) -> None:
    """查一条判定的来历：标准、算式、每个数字出自哪个文件哪个单元格。"""
    from app.cli.lists import trace as tracing

    with clear_errors():
        tracing.trace(indicator, unit, year, chosen_evaluation(year, rules_year, evaluation), how)


@reading.command()
def recognition(
    year: Year,
    rules_year: RulesYear = None,
    evaluation: Evaluation = None,
    how: How = Format.TABLE,
) -> None:
    """全区能否认定：各项条件是否达到，问题在哪里。"""
    from app.cli.lists import recognition as answers

    with clear_errors():
        answers.recognition(year, chosen_evaluation(year, rules_year, evaluation), how)


@reading.command()
def distances(
    year: Year,
    rules_year: RulesYear = None,
    evaluation: Evaluation = None,
    how: How = Format.TABLE,
) -> None:
    """列出每个未达标单位离达标还差多少：几人、多少平方米、多少万元。"""
    from app.cli.lists import verdicts

    with clear_errors():
        verdicts.distances(year, how, chosen_evaluation(year, rules_year, evaluation))


@reading.command("compare-rules")
def compare_rules(
    year: Year,
    rules: Annotated[
        str | None, typer.Option("--rules", help="按哪两年的标准比，如 2021,2025")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="与另一份 config 文件夹比")
    ] = None,
    evaluations: Annotated[
        str | None, typer.Option("--evaluations", help="比以前的两次评估，如 3,7")
    ] = None,
    how: How = Format.TABLE,
) -> None:
    """列出换一套标准（或换一批数据）后变化的判定，并说明原因。"""
    from app.cli.lists import comparison as comparing
    from junheng.adapters import clock
    from tasks.judging import comparison
    from tasks.judging.overview import Which

    if sum(option is not None for option in (rules, config, evaluations)) != 1:
        raise typer.BadParameter(wording.packaged().command.one_comparison)
    with clear_errors():
        if rules is not None:
            compared = comparison.of_rules(year, _pair(rules), now=clock.now())
        elif evaluations is not None:
            first, second = _pair(evaluations)
            compared = comparison.of_evaluations(
                year, Which(evaluation_id=first), Which(evaluation_id=second)
            )
        else:
            compared = comparison.with_rulebook(year, config or Path(), rules_year=year)
        comparing.flips(compared, how)


def _pair(text: str) -> tuple[int, int]:
    first, comma, second = text.replace("，", ",").partition(",")
    if not comma or not first.strip().isdigit() or not second.strip().isdigit():
        raise typer.BadParameter(wording.packaged().command.not_two_numbers.format(text=text))
    return int(first), int(second)


@reading.command()
def evaluations(year: Year, how: How = Format.TABLE) -> None:
    """列出一个学年的历次评估。"""
    from app.cli.lists import comparison as comparing

    with clear_errors():
        comparing.evaluations(year, how)


@reading.command()
def report(
    year: Year,
    rules_year: RulesYear = None,
    evaluation: Evaluation = None,
    data_docs: Annotated[
        bool, typer.Option("--data-docs", help="另写出 Great Expectations 的技术附页（英文）")
    ] = False,
) -> None:
    """写出判定报告：一个网页文件，不联网也能打开。"""
    from junheng.adapters import clock
    from tasks.judging import report as reports

    with clear_errors():
        which = chosen_evaluation(year, rules_year, evaluation)
        typer.echo(str(reports.write(year, clock.today(), which)))
        if data_docs:
            typer.echo(str(reports.write_data_docs(year, which)))


@reading.command()
def notices(
    how: How = Format.TABLE,
    owed: Annotated[
        bool, typer.Option("--owed", help="只列该发而没有发出的，以及为什么没有发出")
    ] = False,
    rungs: Annotated[
        bool, typer.Option("--rungs", help="逐项列出每一次提醒：何时送达，何时得到回应")
    ] = False,
    reference: Annotated[
        str | None, typer.Option("--reference", help="只列一个整改事项的提醒（与 --rungs 同用）")
    ] = None,
) -> None:
    """列出发给各单位的卡片。"""
    from app.cli.lists import notices as cards
    from app.cli.lists import reminders, unsent
    from junheng.adapters import clock

    with clear_errors():
        if owed:
            unsent.owed(how, clock.now())
        elif rungs or reference is not None:
            reminders.rungs(how, reference)
        else:
            cards.notices(how)


@reading.command()
def standard() -> None:
    """列出全部判定标准（Markdown 格式）。"""
    from tasks.judging import standard as standards

    with clear_errors():
        typer.echo(standards.markdown(), nl=False)


@reading.command()
def duties() -> None:
    """列出每项重点任务、每条职责由什么来回答，和全部例行事项（Markdown 格式）。"""
    from tasks.ledger import duty_map

    with clear_errors():
        typer.echo(duty_map.markdown(), nl=False)
