"""The register of a year: every reporter with its standing; the counts always add up."""

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
    """One reporter: its standing, the file that counts, and the reason if it was sent back."""

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
    """All reporters of a year, the files that could not be assigned, and one hash of the data."""

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
class _Words:
    """The words for entries: register.yaml of config/wording, and the names of the parts."""

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
    by_sending = {submission.sending: submission for submission in kept}
    latest = counting(submission.sending for submission in kept if submission.sending.reporter)
    reasons = store.fault_sentences(session, [submission.id for submission in kept])
    owing: list[tuple[str, str, frozenset[Part], RegisteredSchool | None]]
    owing = [(school.code, school.name, frozenset({Part.SCHOOL}), school) for school in schools]
    owing += [(unit.id, unit.id, unit.owed, None) for unit in rulebook.reporting_departments(year)]
    says = _Words.of_year(rulebook, year)
    entries = tuple(
        _entry(code, name, owed, school, latest, by_sending, reasons, says)
        for code, name, owed, school in owing
    )
    entries = _with_unread_files(entries, kept, reasons, rulebook)
    entries = _answered_for(entries, rulebook, year)
    return YearRegister(entries, _unplaced(kept, reasons), _data_hash(schools, latest))


def is_collected(session: Session, rulebook: Rulebook, year: int) -> bool:
    """Return whether anything was collected for a year."""
    return bool(store.register(session, rulebook.district.code, year))


def _with_unread_files(
    entries: Iterable[RegisterEntry],
    kept: Iterable[Kept],
    reasons: Mapping[int, list[str]],
    rulebook: Rulebook,
) -> tuple[RegisterEntry, ...]:
    """Return the entries with their files that the newest collection could not read.

    Earlier files still count. A reporter without any other file is sent back, not missing.
    """
    wording = rulebook.wording.register
    unread: dict[str, list[Kept]] = {}
    for submission in _of_newest(kept):
        if submission.sending.is_unread:
            unread.setdefault(submission.sending.reporter, []).append(submission)

    def with_unread(entry: RegisterEntry) -> RegisterEntry:
        own = unread.get(entry.code)
        if own is None:
            return entry
        files = "、".join(submission.sending.file for submission in own)
        why = "；".join(reason for submission in own for reason in reasons.get(submission.id, []))
        if entry.status is Standing.MISSING:
            numbers = (*entry.refused, *(submission.id for submission in own))
            return replace(
                entry, status=Standing.SENT_BACK, file=files, reason=why, refused=numbers
            )
        note = wording.unread.format(files=files, why=why)
        return replace(entry, reason="；".join(filter(None, (entry.reason, note))))

    return tuple(with_unread(entry) for entry in entries)


def _of_newest(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Return the submissions of the newest collection."""
    submissions = tuple(kept)
    newest = max((submission.collection for submission in submissions), default=0)
    return tuple(submission for submission in submissions if submission.collection == newest)


def _answered_for(
    entries: Sequence[RegisterEntry], rulebook: Rulebook, year: int
) -> tuple[RegisterEntry, ...]:
    """Return the entries; a department merged into another without own files gets the other's.

    Example: 区食药监局 became a part of 区市场监管局. If it sends no file, the file of
    区市场监管局 counts for both.
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
    says: _Words,
) -> RegisterEntry:
    # Optional parts (building projects) count too, if they were sent.
    parts = sorted(part for reporter, part in latest if reporter == code)
    status = standing(code, owed | set(parts), latest)
    sendings = tuple(dict.fromkeys(latest[code, part] for part in parts))
    refused = [sending for sending in sendings if not sending.is_accepted]
    lacking = owed - {part for sending in sendings for part in sending.parts}
    sentences = [
        sentence for sending in refused for sentence in reasons.get(by_sending[sending].id, [])
    ]
    return RegisterEntry(
        code,
        name,
        status,
        "；".join(sending.file for sending in (refused or sendings)),
        _reason(status, sentences, lacking, _replaced(code, sendings, by_sending), says),
        school,
        tuple(by_sending[sending].id for sending in sendings if sending.is_accepted),
        tuple(by_sending[sending].id for sending in refused),
    )


def _reason(
    status: Standing,
    sentences: Iterable[str],
    lacking: frozenset[Part],
    replaced: Sequence[str],
    says: _Words,
) -> str:
    match status:
        case Standing.SENT_BACK:
            return "；".join(sentences)
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
    current = {(sending.sha256, sending.parts) for sending in sendings}
    parts = {part for sending in sendings for part in sending.parts}
    earlier = (
        sending.file
        for sending in by_sending
        if sending.reporter == code
        and sending.parts & parts
        and (sending.sha256, sending.parts) not in current
    )
    return tuple(dict.fromkeys(earlier))


def _unplaced(
    kept: Iterable[Kept],
    reasons: Mapping[int, list[str]],
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (submission.sending.file, "；".join(reasons.get(submission.id, [])))
        for submission in _of_newest(kept)
        if not submission.sending.reporter
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
