"""The sentences in a run's log about the results of its steps."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from junheng import bootstrap
from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.intake.submissions import Standing
from junheng.domain.people.routes import Channel
from junheng.store import notices
from junheng.wording.operations.runs import RunWords
from tasks.intake.register import RegisterEntry, YearRegister
from tasks.ledger import contact_gaps

# Cards on these channels are not delivered to a person.
FILE_CHANNELS = frozenset({Channel.FILE.value, Channel.CONSOLE.value})


def reporting(known: YearRegister, today: date) -> Iterator[str]:
    """Yield the counts of reports, the returned submissions with reasons, and the missing ones."""
    wording = _wording().reporting
    for sentence, entries in (
        (wording.schools, known.schools),
        (wording.departments, known.departments),
    ):
        count = {status.value: _count(entries, status) for status in Standing}
        yield sentence.format(all=len(entries), **count)
    for entry in _with_status(known.entries, Standing.SENT_BACK):
        name = bootstrap.rulebook().display_name(entry.name, today)
        yield wording.sent_back.format(name=name, file=entry.file, reason=entry.reason)
    missing = _with_status(known.entries, Standing.MISSING)
    if missing:
        names = (bootstrap.rulebook().display_name(entry.name, today) for entry in missing)
        yield wording.missing.format(count=len(missing), names="、".join(names))
    for file, reason in known.unplaced:
        yield wording.unplaced.format(file=file, reason=reason)


def begun(by: str, reason: str) -> str:
    """Return the sentence about the person who started a run and the reason, or the schedule."""
    wording = _wording()
    if not by.strip() and not reason.strip():
        return wording.by_nobody
    return wording.by.format(by=by.strip() or wording.unnamed, reason=reason.strip() or "—")


def contacts(today: date, despite: str | None) -> str:
    """Return that every unit has a contact, or the gaps with the reason to continue."""
    rulebook = bootstrap.rulebook()
    units = contact_gaps.units_without(rulebook, today)
    if not units:
        return _wording().everybody
    return _wording().despite.format(count=len(units), units="、".join(units), reason=despite)


def cards(today: date) -> str:
    """Return the counts of a day's cards: sent to people, written to files, and not sent."""
    with bootstrap.session() as session:
        listed = notices.of_day(session, bootstrap.rulebook().district.code, today)
        # Withdrawn cards do not count: they were replaced or have become unnecessary.
        of_day = [card for card in listed if card.status is not NoticeStatus.WITHDRAWN]
        sent = [card for card in of_day if card.status is NoticeStatus.SENT]
        withheld = sum(card.status is NoticeStatus.WITHHELD for card in of_day)
        files = sum(card.channel in FILE_CHANNELS for card in sent)
        count = {"count": len(of_day), "files": files + withheld, "people": len(sent) - files}
        count["rest"] = len(of_day) - len(sent) - withheld
    outbox = bootstrap.settings().outbox_folder.resolve()
    return _wording().cards.format(outbox=outbox, **count)


def _wording() -> RunWords:
    return bootstrap.rulebook().wording.runs


def _with_status(entries: Iterable[RegisterEntry], status: Standing) -> list[RegisterEntry]:
    return [entry for entry in entries if entry.status is status]


def _count(entries: Sequence[RegisterEntry], status: Standing) -> int:
    return len(_with_status(entries, status))
