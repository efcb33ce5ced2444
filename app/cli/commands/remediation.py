"""The commands on one remediation: show, move, extend, waive, evidence, milestones."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.lists.formats import Format
from app.cli.options import Approver, By, Day, How, Reason, Reference, Until, Year
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors

if TYPE_CHECKING:
    from junheng.domain.ledger.remediation import Remediation

remediating = typer.Typer(
    cls=OneLineGroup, add_completion=False, help="办理一个整改事项：签收、反馈、复核、销号……"
)


def _day(on: datetime | None) -> date:
    from junheng.adapters import clock

    return on.date() if on else clock.today()


def _print_done(remediation: "Remediation") -> None:
    from junheng import bootstrap

    wording = bootstrap.rulebook().wording.ledger
    status = wording.statuses[remediation.status]
    typer.echo(
        wording.done.format(
            reference=remediation.reference, status=status, due_on=remediation.due_on
        ),
        err=True,
    )


@remediating.command()
def show(reference: Reference, on: Day = None, how: How = Format.TABLE) -> None:
    """查一个整改事项：现状、各单位期限、佐证、全部经过。"""
    from app.cli.lists import remediation

    with clear_errors():
        remediation.remediation(reference, _day(on), how)


@remediating.command()
def move(
    reference: Reference,
    name: Annotated[str, typer.Argument(metavar="MOVE", help="怎样办理，如 签收 或 receipt")],
    by: By,
    reason: Reason,
    on: Day = None,
    unit: Annotated[str, typer.Option("--unit", help="配合单位；不写就是牵头单位")] = "",
    lead: Annotated[str, typer.Option("--lead", help="改派给哪个单位")] = "",
    basis: Annotated[
        str | None, typer.Option("--basis", help="改派的依据，如 区财政局（三）")
    ] = None,
    cause: Annotated[str | None, typer.Option("--cause", help="销号原因，如 real_gap")] = None,
    text: Annotated[str, typer.Option("--text", help="进展情况")] = "",
    approved_by: Approver = "",
) -> None:
    """办理一步：签收、反馈、复核、销号、退回重办、不属本单位、改派、中止、恢复……"""
    from junheng import bootstrap
    from junheng.adapters import clock
    from junheng.domain.ledger.lifecycle import Move
    from junheng.domain.ledger.remediation import Act
    from tasks.ledger import acts

    with clear_errors():
        rulebook = bootstrap.rulebook()
        chosen = acts.by_name(name, rulebook)
        assigned = None
        current = acts.current(reference)
        if chosen is Move.REASSIGN and lead:
            assigned = acts.reassigned(current, lead, basis, rulebook)
        _print_done(
            acts.act(
                reference,
                Act(
                    chosen,
                    by,
                    _day(on),
                    reason=reason,
                    unit=acts.part_named(current, unit, rulebook) if unit else "",
                    cause=acts.cause_named(cause, rulebook),
                    approved_by=approved_by,
                    assigned=assigned,
                    text=text,
                ),
                now=clock.now(),
            )
        )


@remediating.command()
def extend(
    reference: Reference,
    until: Until,
    by: By,
    reason: Reason,
    on: Day = None,
    approved_by: Approver = "",
) -> None:
    """申请延期（须在到期前）；写了批准人的，同时批准。"""
    from junheng.adapters import clock
    from junheng.domain.ledger.lifecycle import Move
    from junheng.domain.ledger.remediation import Act
    from tasks.ledger import acts

    day = _day(on)
    request = Act(Move.ASK_EXTENSION, by, day, reason=reason, until=until.date())
    grant = Act(Move.GRANT_EXTENSION, by, day, reason=reason, approved_by=approved_by)
    with clear_errors():
        _print_done(
            acts.act_all(
                reference, (request, grant) if approved_by else (request,), now=clock.now()
            )
        )


@remediating.command()
def waive(
    reference: Reference,
    until: Until,
    by: By,
    reason: Reason,
    approved_by: Annotated[str, typer.Option("--approved-by", help="批准人")],
    on: Day = None,
) -> None:
    """免于整改到某一天；期满仍未达标的，重新交办。"""
    from junheng.adapters import clock
    from junheng.domain.ledger.lifecycle import Move
    from junheng.domain.ledger.remediation import Act
    from tasks.ledger import acts

    with clear_errors():
        _print_done(
            acts.act(
                reference,
                Act(
                    Move.WAIVE,
                    by,
                    _day(on),
                    reason=reason,
                    until=until.date(),
                    approved_by=approved_by,
                ),
                now=clock.now(),
            )
        )


@remediating.command()
def evidence(
    reference: Reference,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="佐证材料的文件")],
    kind: Annotated[str, typer.Option("--kind", help="佐证类别，如 报告、通报、照片")],
    by: By,
    reason: Reason,
    on: Day = None,
    unit: Annotated[str, typer.Option("--unit", help="配合单位；不写就是牵头单位")] = "",
) -> None:
    """补充佐证材料，有一个不收就都不收；同名文件再交一份是新版本，旧的仍保存。"""
    from junheng import bootstrap
    from junheng.adapters import clock
    from tasks.ledger import acts
    from tasks.ledger import evidence as evidences

    with clear_errors():
        rulebook = bootstrap.rulebook()
        wording = rulebook.wording.ledger.evidence
        current = acts.current(reference)
        part = acts.part_named(current, unit, rulebook) if unit else ""
        day = _day(on)
        offered = [
            evidences.Offered(file, kind, by, day, reason=reason, unit=part) for file in files
        ]
        for added in evidences.add_all(reference, offered, now=clock.now()):
            sentence = wording.new if added.is_new else wording.known
            typer.echo(
                sentence.format(
                    reference=reference, name=added.name, kind=added.kind, version=added.version
                ),
                err=True,
            )


@remediating.command()
def milestone(
    reference: Reference,
    name: Annotated[str, typer.Argument(help="节点名称，如 开工；没有的节点会新增")],
    by: By,
    reason: Reason,
    on: Day = None,
    due: Annotated[
        datetime | None, typer.Option("--due", formats=["%Y-%m-%d"], help="节点期限")
    ] = None,
    done: Annotated[bool, typer.Option("--done", help="这个节点已完成（按 --on 的日期）")] = False,
    approved_by: Approver = "",
) -> None:
    """长期工程的节点：定期限、记完成，推迟须写批准人；亮灯按最近的未完成节点。"""
    from junheng.adapters import clock
    from tasks.ledger import milestones

    wanted = milestones.Wanted(name, due.date() if due else None, is_done=done)
    with clear_errors():
        setting = milestones.Setting(by, _day(on), reason, approved_by)
        _print_done(milestones.put(reference, wanted, setting, now=clock.now()))


@remediating.command("dead-corners")
def dead_corners(
    year: Year,
    years: Annotated[int, typer.Option("--years", min=2, help="连续几年未达标才列出")] = 3,
    how: How = Format.TABLE,
) -> None:
    """列出连续三年（或更久）未达标的死角。"""
    from app.cli.lists import ledger
    from junheng.adapters import clock

    with clear_errors():
        ledger.dead_corners(year, years, how, clock.today())
