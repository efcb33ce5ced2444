"""Carries out a press, by the same moves of the ledger as the command."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from junheng.domain.chat.interactions import Press
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from junheng.domain.office_days import OFFICE_ZONE
from tasks.chat.interaction_checks import Allowed, Todo
from tasks.ledger import acts
from tasks.ledger import evidence as evidences
from tasks.ledger.evidence import Offered
from tasks.ledger.ledger import Ledger


def carry_out(
    ledger: Ledger, press: Press, allowed: Allowed, *, files: Sequence[Path], on: date
) -> str:
    """Carry out a press and return the line to show below the card; raises ActRefused."""
    by = _by(ledger, allowed, on)
    for todo in allowed.todo:
        # A form is about one part: a unit that both leads and supports answers as the lead.
        parts = todo.parts if press.move is Move.RECEIPT else todo.parts[:1]
        for part in parts:
            _do(ledger, press, todo, part, by=by, files=files, on=on)
    return _line(ledger, press, allowed, files=len(files), on=on)


def _do(
    ledger: Ledger, press: Press, todo: Todo, part: str, *, by: str, files: Sequence[Path], on: date
) -> None:
    given, wording = press.answers, ledger.rulebook.wording.chat
    fixed = wording.reasons.get(press.move.value)
    reason = fixed or wording.reason.format(text=given.text)
    remediation = acts.find(ledger, todo.remediation.reference)
    offered = [Offered(path, given.kind, by, on, reason=reason, unit=part) for path in files]
    evidences.enter_all(ledger, remediation, offered)
    is_report = press.move is Move.REPORT
    act = Act(
        press.move,
        by,
        on,
        reason=reason,
        unit=part,
        until=given.until if press.move is Move.ASK_EXTENSION else None,
        text=given.text if is_report else "",
    )
    acts.done(ledger, remediation, act)


def _by(ledger: Ledger, allowed: Allowed, on: date) -> str:
    wording = ledger.rulebook.wording.chat
    return wording.by.format(name=allowed.person.name, units=_called(ledger, allowed, on))


def _called(ledger: Ledger, allowed: Allowed, on: date) -> str:
    units = dict.fromkeys(unit for todo in allowed.todo for unit in todo.units)
    return ledger.rulebook.display_names("、".join(units), on)


def _line(ledger: Ledger, press: Press, allowed: Allowed, *, files: int, on: date) -> str:
    wording = ledger.rulebook.wording.chat
    moment = ledger.history.now.astimezone(OFFICE_ZONE)
    at = wording.at.format(
        month=moment.month, day=moment.day, hour=moment.hour, minute=moment.minute
    )
    name = f"{press.move.value}_with_files" if files else press.move.value
    return wording.done.of(name).format(
        at=at,
        unit=_called(ledger, allowed, on),
        count=len(allowed.todo),
        reference=press.answers.reference,
        until=press.answers.until,
        files=files,
    )
