"""Writes in the ledger: each change with the event that tells of it, in one transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from junheng.domain.chase.ladder import LadderInForce, kind_of
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.ledger import evidence as evidence_of
from junheng.domain.ledger import moves, past_states
from junheng.domain.ledger.evidence import Requirement
from junheng.domain.ledger.lifecycle import TABLE, Move, Party, Status
from junheng.domain.ledger.remediation import Act, Grounds, LedgerContext, Remediation, Terms
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook
from junheng.store import evidence as evidence_store
from junheng.store import history as history_store
from junheng.store import ladders, reminders
from junheng.store import remediations as store
from junheng.store.database.database import Session
from junheng.store.history import History

SYSTEM = "系统"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a district, open for writing in one transaction."""

    session: Session
    rulebook: Rulebook
    history: History

    @classmethod
    def of(cls, session: Session, rulebook: Rulebook, *, now: datetime) -> Self:
        """Open a district's ledger; nobody else writes in it until this transaction ends."""
        history = History.of(session, rulebook.district.code, now=now)
        opened = cls(session, rulebook, history)
        opened._tell_of_config()
        return opened

    def _tell_of_config(self) -> None:
        """Write down which files of config/ are not what they were: a rule changes in daylight."""
        kind, digests = EventKind.CONFIG_CHANGED, dict(self.rulebook.digests)
        newest = history_store.newest(self.session, self.district, kind)
        before = {} if newest is None else json.loads(newest.details)["files"]
        names = {*digests, *before}
        changed = sorted(name for name in names if digests.get(name) != before.get(name))
        if changed:
            wording = self.rulebook.wording.ledger.config
            sentence = wording.first if newest is None else wording.changed
            reason = sentence.format(count=len(changed))
            day = self.history.now.astimezone(OFFICE_ZONE).date()
            details = {"files": digests, "changed": changed}
            self.history.tell(
                Happening(kind=kind, day=day, by=SYSTEM, reason=reason, details=details)
            )

    @property
    def district(self) -> str:
        return self.rulebook.district.code

    def terms(self, line: Line | None, *, fixed_due_on: date | None = None) -> Terms:
        """Return the time limits of a line, or of a promise kept by date."""
        limits = self.rulebook.ladder.time_limits
        return Terms(
            calendar=self.rulebook.calendar,
            limit=limits.default if line is None else limits.workdays_for(line),
            receipt=limits.receipt,
            arbitration=limits.arbitration,
            supporting_earlier=limits.supporting_earlier,
            rework=limits.rework,
            plans=self.rulebook.milestones,
            fixed_due_on=fixed_due_on,
            ladder=self._ladder(line, is_recurring=fixed_due_on is not None).digest,
        )

    def _ladder(self, line: Line | None, *, is_recurring: bool) -> LadderInForce:
        """Return the ladder that a remediation of a line climbs if it is opened now."""
        is_attested = line is not None and self.rulebook.evidence.is_attested(line.id)
        kind = kind_of(line, is_recurring=is_recurring, is_attested=is_attested)
        return self.rulebook.ladder.of(kind)

    def _keep_ladder(self, one: Remediation) -> None:
        """Keep the ladder that a remediation was opened under just now."""
        line = self.rulebook.standard.line(one.indicator)
        ladder = self._ladder(line, is_recurring=bool(one.period))
        if ladder.digest == one.ladder:
            ladders.keep(self.session, self.district, ladder, now=self.history.now)

    def context(self, remediation: Remediation, *, on: date) -> LedgerContext:
        """Return what an act on a remediation on a day is held to."""
        line = self.rulebook.standard.line(remediation.indicator)
        # A recurring duty keeps the date that it was promised for.
        fixed_due_on = remediation.due_on if remediation.period else None
        return LedgerContext(
            self.terms(line, fixed_due_on=fixed_due_on), self._grounds(remediation, on=on)
        )

    def _grounds(self, one: Remediation, *, on: date) -> Grounds:
        """Return on what a remediation may be closed, and what still lacks for it.

        Evidence of an earlier time does not prove that a relapse, or what a newer year still
        finds failing, was put right; nor does what is only to come.
        """
        rules = self.rulebook.evidence
        if not rules.is_attested(one.indicator):
            return Grounds(is_attested=False)
        entered = evidence_store.of_reference(self.session, self.district, one.reference)
        since = one.proof_from or one.opened_on
        present = {row.kind for row in entered if since <= row.added_on <= on}
        missing = evidence_of.missing_kinds(self.required_kinds(one), present)
        kinds = evidence_of.kinds_in_words(missing, self.rulebook.wording.evidence)
        return Grounds(is_attested=True, missing_kinds=kinds)

    def required_kinds(self, one: Remediation) -> Requirement:
        """Return the kinds of evidence that a remediation is closed on."""
        duty = self.rulebook.recurring.entry(one.indicator, due_on=one.due_on)
        kinds = () if duty is None or not one.period else duty.evidence
        return self.rulebook.evidence.required_kinds(one.indicator, duty_kinds=kinds)

    def draft(self, one: Remediation, *, by: str, on: date, evaluation_id: int | None) -> None:
        """Enter a new remediation."""
        self._keep_ladder(one)
        row = store.add(self.session, self.district, one, evaluation_id=evaluation_id)
        act = Act(Move.DRAFT, by, on, school_year=one.school_year)
        self._tell(act, None, one, {"row": row, "evaluation": evaluation_id})

    def act(
        self, before: Remediation, act: Act, *, evaluation_id: int | None = None
    ) -> Remediation:
        """Make a move, write what became of it, and return it.

        Raises:
            TransitionNotAllowed: the table does not lead there.
            MoveIncomplete: something that the move needs was not said.
            ClosingNotEarned: it is closed by data or evidence, and there is none.

        """
        if act.unit:
            after = moves.move_part(before, act)
        else:
            after = moves.move(before, act, context=self.context(before, on=act.on))
        if after.ladder != before.ladder:
            self._keep_ladder(after)
        store.change(self.session, self.district, after, evaluation_id=evaluation_id)
        self._tell(act, before, after, {"evaluation": evaluation_id})
        if TABLE[act.move].by is Party.UNIT:
            self._acknowledge(before, act)
        return after

    def _acknowledge(self, held: Remediation, act: Act) -> None:
        """Write down that who was told of a remediation has begun to act on it."""
        reminders.acknowledge(
            self.session,
            held.reference,
            cycle=held.cycle,
            unit=act.unit or held.lead,
            by=act.by,
            at=self.history.now,
            units_of=self.rulebook.contacts.units_of,
        )

    def note(self, before: Remediation, said: Act) -> Remediation:
        """Write down what a unit says of its progress where no move is left for it to make."""
        after = replace(before, progress=said.text)
        happening = Happening(
            kind=EventKind.REPLIED, day=said.on, by=said.by, reason=said.reason, details=_said(said)
        )
        noted = self.rewrite(before, after, happening)
        self._acknowledge(before, said)
        return noted

    def rewrite(self, before: Remediation, after: Remediation, happening: Happening) -> Remediation:
        """Write what a remediation has become without a move, with what is told of it."""
        store.change(self.session, self.district, after)
        told = replace(
            happening,
            reference=after.reference,
            was=before.status.value,
            became=after.status.value,
            details={**happening.details, "became": past_states.snapshot(after)},
        )
        self.history.tell(told)
        return after

    def hand_over(self, one: Remediation, *, by: str, on: date, reason: str = "") -> Remediation:
        """Sign a draft off and hand it over to its units."""
        signed = self.act(one, Act(Move.SIGN_OFF, by, on, reason=reason))
        return self.act(signed, Act(Move.HAND_OVER, by, on, reason=reason))

    def remark(self, one: Remediation, *, by: str, on: date, reason: str) -> None:
        """Write down what was said of a remediation that stays where it is."""
        stands = one.status.value
        self.history.tell(
            Happening(
                kind=EventKind.NOTED,
                day=on,
                by=by,
                reason=reason,
                reference=one.reference,
                was=stands,
                became=stands,
            )
        )

    def drafts(self) -> tuple[Remediation, ...]:
        return store.with_status(self.session, self.district, {Status.DRAFTED})

    def _tell(
        self,
        act: Act,
        before: Remediation | None,
        after: Remediation,
        numbers: Mapping[str, int | None],
    ) -> None:
        """Tell of a move; `numbers` are those of its row and evaluation where they are new."""
        new = {name: number for name, number in numbers.items() if number is not None}
        happening = Happening(
            kind=EventKind.MOVED,
            day=act.on,
            by=act.by,
            reason=act.reason,
            reference=after.reference,
            unit=act.unit,
            move=act.move.value,
            was="" if before is None else before.status.value,
            became=after.status.value,
            details=_said(act) | new | {"became": past_states.snapshot(after)},
        )
        self.history.tell(happening)


def _said(act: Act) -> dict[str, object]:
    """Return what was said with a move besides who, when and why."""
    said = {
        "approved_by": act.approved_by,
        "until": act.until and act.until.isoformat(),
        "cause": act.cause and act.cause.value,
        "school_year": act.school_year,
        "text": act.text,
    }
    return {name: value for name, value in said.items() if value}
