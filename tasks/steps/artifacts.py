"""Artifacts in the Prefect UI: progress, the register, the verdicts, the open remediations."""

import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate

from junheng import bootstrap
from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.intake.submissions import Standing
from junheng.domain.judging.findings import Verdict
from junheng.domain.office_days import OFFICE_ZONE
from junheng.rulebook import Rulebook
from junheng.store import notices, reminders
from junheng.store.rows import stored_id
from junheng.store.tables.chase import NoticeRow
from junheng.wording.operations.artifacts import ArtifactWords, VerdictNames
from tasks.history.auditing import Audit
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.judging import overview
from tasks.judging.overall_answer import Answering
from tasks.judging.overview import LineCount, Owed
from tasks.operations import rehearsals
from tasks.progress import Progress

# The browser loads a whole artifact: for more rows, the command's csv is better.
MOST_ROWS = 1000
# Each update is a request, so updates are limited to one in this time.
PROGRESS_SECONDS = 2.0


def progress(step: Literal["collect", "evaluate", "send"], of: object) -> Progress:
    """Return a callback that shows a step's progress in one artifact and in the run's log."""
    sentence = bootstrap.rulebook().wording.runs.progress.of(step)
    artifact_id: UUID | None = None
    shown_at = time.monotonic()

    def show(done: int, count: int) -> None:
        nonlocal artifact_id, shown_at
        if done < count and time.monotonic() - shown_at < PROGRESS_SECONDS:
            return
        share = round(100 * done / count, 1)
        key, line = named(f"progress-{step}-{of}", sentence.format(done=done, all=count))
        if artifact_id is None:
            created = create_progress_artifact(share, key=key, description=line)
            # In an async context it would be a coroutine; our steps are synchronous.
            artifact_id = created if isinstance(created, UUID) else None
        else:
            with get_client(sync_client=True) as client:
                client.update_artifact(artifact_id, ArtifactUpdate(data=share, description=line))
        get_run_logger().info("%s", line)
        shown_at = time.monotonic()

    return show


def show_register(year_register: YearRegister, year: int, today: date) -> None:
    """Publish the register as a table: returned and missing submissions first."""
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.artifacts
    schools = year_register.schools
    count = {status: sum(entry.status is status for entry in schools) for status in Standing}
    title = wording.register_title.format(
        year=year,
        all=len(schools),
        **{status.value: number for status, number in count.items()},
    )
    order = (Standing.SENT_BACK, Standing.MISSING, Standing.RECEIVED)
    entries = sorted(year_register.entries, key=lambda entry: order.index(entry.status))
    rows = [
        _register_row(entry, rulebook.display_name(entry.name, today), wording) for entry in entries
    ]
    unplaced = rulebook.wording.artifact_tables.unplaced
    rows += [
        _reported(unplaced.unit, unplaced.status, file, reason)
        for file, reason in year_register.unplaced
    ]
    _table(f"register-{year}", rows, title, f"junheng register --year {year}", wording)


def show_verdicts(year: int) -> str:
    """Publish a row for each line with its counts of verdicts; return a summary."""
    seen = overview.of_year(year)
    wording = bootstrap.rulebook().wording.artifacts
    broken = [line for line in seen.lines if line.units.get(Verdict.NOT_JUDGED)]
    met = [line for line in seen.lines if line.is_met]
    title = wording.verdicts_title.format(
        year=year,
        lines=len(seen.lines),
        met=len(met),
        failed=sum(line.units.get(Verdict.NOT_MET, 0) > 0 for line in seen.lines),
        missing=sum(line.units.get(Verdict.NOT_REPORTED, 0) > 0 for line in seen.lines),
        broken=len(broken),
    )
    command = f"junheng verdicts --year {year}"
    rows = [_verdict_row(line, wording.verdict) for line in seen.lines]
    _table(f"verdicts-{year}", rows, title, command, wording)
    groups = wording.groups_title.format(year=year)
    _table(f"groups-{year}", _group_rows(seen.lines, wording), groups, command, wording)
    return title


def show_answer(year: int, today: date, report: Path, data_docs: Path | None) -> str:
    """Publish the overall answer, the blocking lines, and the paths of the reports.

    Return the answer. `data_docs` is None in a dry run, which keeps no reports.
    """
    seen = overview.of_year(year)
    rulebook = bootstrap.rulebook()
    answering = Answering(rulebook, overview.unit_names(rulebook, seen.schools, today))
    wording = answering.wording
    columns = wording.columns
    rows = [answering.row(condition) for condition in seen.recognition.conditions]
    title = f"{wording.heading.format(year=year)}：{answering.overall(seen.recognition)}"
    parts = [
        f"## {title}",
        "\n".join(_markdown_row(row) for row in (columns, ["---"] * len(columns), *rows)),
        *_markdown_list(wording.heading_blocking, answering.blocking(seen.recognition)),
        *_markdown_list(wording.heading_pending, answering.pending(seen.recognition)),
        *(
            []
            if data_docs is None
            else [
                wording.report.format(path=report.resolve()),
                wording.data_docs.format(path=data_docs.resolve()),
            ]
        ),
    ]
    key, shown = named(f"recognition-{year}", title)
    create_markdown_artifact(key=key, markdown="\n\n".join(parts), description=shown)
    return title


def _markdown_row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _markdown_list(heading: str, texts: Sequence[str]) -> list[str]:
    return [f"### {heading}", "\n".join(f"- {text}" for text in texts)] if texts else []


def show_ledger(year: int, today: date) -> None:
    """Publish the open remediations of each lead, with the first and last due date."""
    seen = overview.of_year(year)
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.artifacts
    title = wording.ledger_title.format(open=len(seen.ledger), leads=len(seen.owed))
    chosen = bootstrap.settings()
    if chosen.ledger_url is not None:
        title += wording.ledger_link.format(url=chosen.ledger_url)
    if chosen.ledgers_folder.is_dir():
        title += wording.ledger_books.format(folder=chosen.ledgers_folder.resolve())
    rows = [_owed_row(owed, rulebook.display_name(owed.lead, today)) for owed in seen.owed]
    _table(f"remediations-{year}", rows, title, "junheng ledger", wording)


def show_cards(today: date) -> None:
    """Publish the day's cards, unsent ones first."""
    rulebook = bootstrap.rulebook()
    wording = rulebook.wording.artifacts
    with bootstrap.session() as session:
        cards = notices.of_day(session, rulebook.district.code, today)
        items = reminders.items_told(session, [card.id for card in cards])
        waiting_first = sorted(cards, key=lambda card: card.status is NoticeStatus.SENT)
        rows = [_card_row(card, items.get(stored_id(card), 0), rulebook) for card in waiting_first]
        sent = sum(card.status is NoticeStatus.SENT for card in cards)
    title = wording.cards_title.format(
        year=today.year, month=today.month, day=today.day, count=len(rows), sent=sent
    )
    _table(f"cards-{today}", rows, title, "junheng notices", wording)


def show_audit(found: Audit) -> None:
    """Publish the differences between ledger and history, or a sentence if there are none."""
    wording = bootstrap.rulebook().wording.artifacts
    rows = [{wording.audit_column: line} for line in found.breaks]
    _table("audit", rows, found.summary, "junheng audit verify", wording)


def _card_row(card: NoticeRow, items: int, rulebook: Rulebook) -> dict[str, Any]:
    statuses = rulebook.wording.artifacts.notice
    columns = rulebook.wording.artifact_tables.cards
    sent_at = card.sent_at.astimezone(OFFICE_ZONE) if card.sent_at else None
    return {
        columns.recipient: rulebook.display_names(card.recipient, card.planned_on),
        columns.day: card.planned_on.isoformat(),
        columns.items: items,
        columns.address: card.address,
        columns.status: statuses.of(card.status),
        columns.sent_at: f"{sent_at:%Y-%m-%d %H:%M}" if sent_at else "",
        columns.reason: card.last_error or "",
    }


def _register_row(entry: RegisterEntry, called: str, wording: ArtifactWords) -> dict[str, str]:
    name = called if entry.code == entry.name else f"{called}（{entry.code}）"
    status = wording.standing[entry.status]
    return _reported(name, status, entry.file, entry.reason)


def _reported(unit: str, status: str, file: str, reason: str) -> dict[str, str]:
    columns = bootstrap.rulebook().wording.artifact_tables.reports
    return {
        columns.unit: unit,
        columns.status: status,
        columns.file: file,
        columns.reason: reason,
    }


def _verdict_row(count: LineCount, names: VerdictNames) -> dict[str, Any]:
    counts = {names[verdict]: count.units.get(verdict, 0) for verdict in Verdict}
    columns, line = bootstrap.rulebook().wording.artifact_tables.verdicts, count.line
    return {
        columns.indicator: line.id,
        columns.name: line.name,
        columns.group: line.group,
        **counts,
    }


def _group_rows(lines: Iterable[LineCount], wording: ArtifactWords) -> list[dict[str, Any]]:
    groups: dict[str, list[LineCount]] = {}
    for count in lines:
        groups.setdefault(count.line.group, []).append(count)
    columns = wording.groups_columns
    return [
        {
            columns.group: group,
            columns.lines: len(own),
            columns.met: sum(count.is_met for count in own),
        }
        | {
            wording.verdict[verdict]: sum(count.units.get(verdict, 0) for count in own)
            for verdict in Verdict
        }
        for group, own in groups.items()
    ]


def _owed_row(owed: Owed, lead: str) -> dict[str, Any]:
    columns = bootstrap.rulebook().wording.artifact_tables.ledger
    return {
        columns.lead: lead,
        columns.remediations: owed.remediations,
        columns.first_due_on: owed.first_due_on.isoformat(),
        columns.last_due_on: owed.last_due_on.isoformat(),
        columns.indicators: "、".join(owed.indicators),
    }


def _table(
    key: str,
    rows: Sequence[dict[str, Any]],
    title: str,
    command: str,
    wording: ArtifactWords,
) -> None:
    if len(rows) > MOST_ROWS:
        title += wording.capped.format(shown=MOST_ROWS, all=len(rows), command=command)
    key, title = named(key, title)
    create_table_artifact(key=key, table=list(rows[:MOST_ROWS]), description=title)


def named(key: str, title: str) -> tuple[str, str]:
    """Return the key and title of an artifact; those of a dry run are marked."""
    if not rehearsals.is_on():
        return key, title
    note = bootstrap.rulebook().wording.runs.rehearsal
    return f"rehearsal-{key}", f"{note}\n\n{title}"
