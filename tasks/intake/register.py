"""The register of a year: who had to report, and what became of each; it always adds up."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from junheng import wording
from junheng.domain.intake.submissions import (
    Part,
    RegisteredSchool,
    Sending,
    Standing,
    counting,
    standing,
)
from junheng.domain.school_years import judged_on
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import submissions as store
from junheng.store.database.database import Session
from junheng.store.submissions import Kept
from junheng.wording.intake.register import RegisterWords


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One reporter: its standing, the file that counts, and why it was sent back."""

    code: str
    name: str
    status: Standing
    file: str
    reason: str
    school: RegisteredSchool | None
    counted: tuple[int, ...]
    refused: tuple[int, ...]

    @property
    def is_school(self) -> bool:
        return self.school is not None


@dataclass(frozen=True, slots=True)
class YearRegister:
    """Everyone who had to report in a year, the files nobody could place, and one hash of it."""

    entries: tuple[RegisterEntry, ...]
    unplaced: tuple[tuple[str, str], ...]
    data_hash: str

    @property
    def schools(self) -> tuple[RegisterEntry, ...]:
        return tuple(entry for entry in self.entries if entry.is_school)

    @property
    def departments(self) -> tuple[RegisterEntry, ...]:
        return tuple(entry for entry in self.entries if not entry.is_school)


@dataclass(frozen=True, slots=True)
class _Says:
    """What is said of an entry: register.yaml of config/wording, and what the parts are called."""

    words: RegisterWords
    sheets: Mapping[Part, str]

    @classmethod
    def of_year(cls, rulebook: Rulebook, year: int) -> Self:
        form = rulebook.department_form(year)
        sheets = {Part.FIGURES: form.figures_sheet, Part.PLAN_TASKS: form.plan_tasks_sheet}
        return cls(rulebook.wording.register, sheets)


class NothingCollected(Refusal):
    """We cannot go on, because nothing has been collected for the year."""


def of_year(session: Session, rulebook: Rulebook, year: int) -> YearRegister:
    """Return the register of a year; raises NothingCollected."""
    district = rulebook.district.code
    schools = store.register(session, district, year)
    if not schools:
        raise NothingCollected(wording.packaged().arrivals.nothing_collected.format(year=year))
    kept = store.kept(session, district, year)
    by_sending = {one.sending: one for one in kept}
    latest = counting(one.sending for one in kept if one.sending.reporter)
    reasons = store.fault_sentences(session, [one.id for one in kept])
    owing: list[tuple[str, str, frozenset[Part], RegisteredSchool | None]]
    owing = [(school.code, school.name, frozenset({Part.SCHOOL}), school) for school in schools]
    owing += [(unit.id, unit.id, unit.owed, None) for unit in rulebook.reporting_departments(year)]
    says = _Says.of_year(rulebook, year)
    entries = tuple(
        _entry(code, name, owed, school, latest, by_sending, reasons, says)
        for code, name, owed, school in owing
    )
    entries = _beside_unread(entries, kept, reasons, rulebook)
    entries = _answered_for(entries, rulebook, year)
    return YearRegister(entries, _unplaced(kept, reasons), _data_hash(schools, latest))


def is_collected(session: Session, rulebook: Rulebook, year: int) -> bool:
    """Say whether anything was collected for a year."""
    return bool(store.register(session, rulebook.district.code, year))


def _beside_unread(
    entries: Iterable[RegisterEntry],
    kept: Iterable[Kept],
    reasons: Mapping[int, list[str]],
    rulebook: Rulebook,
) -> tuple[RegisterEntry, ...]:
    """Return entries with the files of theirs that the newest collection could not read.

    What came before goes on counting. Only who has nothing else is sent back, for a file is there.
    """
    wording = rulebook.wording.register
    unread: dict[str, list[Kept]] = {}
    for one in _of_newest(kept):
        if one.sending.is_unread:
            unread.setdefault(one.sending.reporter, []).append(one)

    def beside(entry: RegisterEntry) -> RegisterEntry:
        own = unread.get(entry.code)
        if own is None:
            return entry
        files = "、".join(one.sending.file for one in own)
        why = "；".join(text for one in own for text in reasons.get(one.id, []))
        if entry.status is Standing.MISSING:
            numbers = (*entry.refused, *(one.id for one in own))
            return replace(
                entry, status=Standing.SENT_BACK, file=files, reason=why, refused=numbers
            )
        said = wording.unread.format(files=files, why=why)
        return replace(entry, reason="；".join(filter(None, (entry.reason, said))))

    return tuple(beside(entry) for entry in entries)


def _of_newest(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Return what the newest collection brought."""
    known = tuple(kept)
    newest = max((one.collection for one in known), default=0)
    return tuple(one for one in known if one.collection == newest)


def _answered_for(
    entries: Sequence[RegisterEntry], rulebook: Rulebook, year: int
) -> tuple[RegisterEntry, ...]:
    """Return entries, those of departments that are now called by another's name filled by it.

    区食药监局 became a part of 区市场监管局: where it sends nothing of its own, that one's file
    speaks for both.
    """
    day = judged_on(year)
    by_code = {entry.code: entry for entry in entries}

    def filled(entry: RegisterEntry) -> RegisterEntry:
        heir = by_code.get(rulebook.display_name(entry.code, day))
        is_silent = not entry.is_school and not entry.file and heir is not entry
        if heir is None or heir.status is not Standing.RECEIVED or not is_silent:
            return entry
        reason = rulebook.wording.register.answered_for.format(heir=heir.name)
        return replace(
            entry, status=heir.status, file=heir.file, reason=reason, counted=heir.counted
        )

    return tuple(filled(entry) for entry in entries)


def _entry(
    code: str,
    name: str,
    owed: frozenset[Part],
    school: RegisteredSchool | None,
    latest: Mapping[tuple[str, Part], Sending],
    by_sending: Mapping[Sending, Kept],
    reasons: Mapping[int, list[str]],
    says: _Says,
) -> RegisterEntry:
    # What is beyond the owed parts (building projects) counts too, once it is sent.
    parts = sorted(part for reporter, part in latest if reporter == code)
    status = standing(code, owed | set(parts), latest)
    sendings = tuple(dict.fromkeys(latest[code, part] for part in parts))
    refused = [one for one in sendings if not one.is_accepted]
    lacking = owed - {part for one in sendings for part in one.parts}
    said = [text for one in refused for text in reasons.get(by_sending[one].id, [])]
    return RegisterEntry(
        code,
        name,
        status,
        "；".join(one.file for one in (refused or sendings)),
        _reason(status, said, lacking, _replaced(code, sendings, by_sending), says),
        school,
        tuple(by_sending[one].id for one in sendings if one.is_accepted),
        tuple(by_sending[one].id for one in refused),
    )


def _reason(
    status: Standing,
    said: Iterable[str],
    lacking: frozenset[Part],
    replaced: Sequence[str],
    says: _Says,
) -> str:
    match status:
        case Standing.SENT_BACK:
            return "；".join(said)
        case Standing.RECEIVED:
            return says.words.replaced.format(files="、".join(replaced)) if replaced else ""
        case Standing.MISSING:
            parts = "、".join(says.sheets[part] for part in sorted(lacking) if part in says.sheets)
            return says.words.missing_parts.format(parts=parts) if parts else says.words.missing


def _replaced(
    code: str,
    sendings: Iterable[Sending],
    by_sending: Mapping[Sending, Kept],
) -> tuple[str, ...]:
    current = {(one.sha256, one.parts) for one in sendings}
    brought = {part for one in sendings for part in one.parts}
    earlier = (
        one.file
        for one in by_sending
        if one.reporter == code and one.parts & brought and (one.sha256, one.parts) not in current
    )
    return tuple(dict.fromkeys(earlier))


def _unplaced(
    kept: Iterable[Kept],
    reasons: Mapping[int, list[str]],
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.sending.file, "；".join(reasons.get(one.id, [])))
        for one in _of_newest(kept)
        if not one.sending.reporter
    )


def _data_hash(
    schools: Iterable[RegisteredSchool],
    latest: Mapping[tuple[str, Part], Sending],
) -> str:
    digest = hashlib.sha256()
    for school in schools:
        digest.update(repr(school).encode())
    for (reporter, part), sending in sorted(latest.items(), key=lambda item: item[0]):
        sha256, accepted = sending.sha256, sending.is_accepted
        digest.update(f"{reporter}\0{part}\0{sha256}\0{sending.position}\0{accepted}\n".encode())
    return digest.hexdigest()
