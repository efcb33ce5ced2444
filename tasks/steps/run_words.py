"""What the log of a run says that a step came to: in whole sentences, whoever is named by name."""

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

# A card on these reaches nobody by itself.
LAID = frozenset({Channel.FILE.value, Channel.CONSOLE.value})


def reporting(known: YearRegister, today: date) -> Iterator[str]:
    """Yield how many reported, who was sent back and why, and who sent nothing."""
    wording = _wording().reporting
    for sentence, entries in (
        (wording.schools, known.schools),
        (wording.departments, known.departments),
    ):
        count = {status.value: _count(entries, status) for status in Standing}
        yield sentence.format(all=len(entries), **count)
    for entry in _of(known.entries, Standing.SENT_BACK):
        name = bootstrap.rulebook().display_name(entry.name, today)
        yield wording.sent_back.format(name=name, file=entry.file, reason=entry.reason)
    missing = _of(known.entries, Standing.MISSING)
    if missing:
        names = (bootstrap.rulebook().display_name(one.name, today) for one in missing)
        yield wording.missing.format(count=len(missing), names="、".join(names))
    for file, reason in known.unplaced:
        yield wording.unplaced.format(file=file, reason=reason)


def begun(by: str, reason: str) -> str:
    """Return who began a run, and why; by the timetable nobody does."""
    wording = _wording()
    if not by.strip() and not reason.strip():
        return wording.by_nobody
    return wording.by.format(by=by.strip() or wording.unnamed, reason=reason.strip() or "—")


def contacts(today: date, despite: str | None) -> str:
    """Return that everybody can be told, or who cannot and why it goes on all the same."""
    rulebook = bootstrap.rulebook()
    named = contact_gaps.units_without(rulebook, today)
    if not named:
        return _wording().everybody
    return _wording().despite.format(count=len(named), units="、".join(named), reason=despite)


def cards(today: date) -> str:
    """Return what became of the cards of a day: how many reached a person, or lie as a file."""
    with bootstrap.session() as session:
        listed = notices.of_day(session, bootstrap.rulebook().district.code, today)
        # A card that was withdrawn stands on a newer one, or has nothing left to tell.
        of_day = [card for card in listed if card.status is not NoticeStatus.WITHDRAWN]
        sent = [card for card in of_day if card.status is NoticeStatus.SENT]
        withheld = sum(card.status is NoticeStatus.WITHHELD for card in of_day)
        laid = sum(card.channel in LAID for card in sent)
        count = {"count": len(of_day), "files": laid + withheld, "people": len(sent) - laid}
        count["rest"] = len(of_day) - len(sent) - withheld
    outbox = bootstrap.settings().outbox_folder.resolve()
    return _wording().cards.format(outbox=outbox, **count)


def _wording() -> RunWords:
    return bootstrap.rulebook().wording.runs


def _of(entries: Iterable[RegisterEntry], status: Standing) -> list[RegisterEntry]:
    return [entry for entry in entries if entry.status is status]


def _count(entries: Sequence[RegisterEntry], status: Standing) -> int:
    return len(_of(entries, status))
