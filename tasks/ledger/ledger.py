"""Writes to the ledger: each change in one transaction with the event that records it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from junheng.domain.chase.ladder import LadderInForce, kind_of
from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.domain.ledger import evidence as evidence_rules
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
        """Open a district's ledger; other writers wait until this transaction ends."""
        history = History.of(session, rulebook.district.code, now=now)
        opened = cls(session, rulebook, history)
        opened._record_config_changes()
        return opened

    def _record_config_changes(self) -> None:
        """Record changed files of config/ in the history, so that changes of rules are visible."""
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
        """Return the time limits of a line, or of a recurring duty with a fixed date."""
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
        """Return the ladder for a remediation of a line that is opened now."""
        is_attested = line is not None and self.rulebook.evidence.is_attested(line.id)
        kind = kind_of(line, is_recurring=is_recurring, is_attested=is_attested)
        return self.rulebook.ladder.of(kind)

    def _store_ladder(self, remediation: Remediation) -> None:
        """Store the ladder that a remediation uses from now on, if it is the current one."""
        line = self.rulebook.standard.line(remediation.indicator)
        ladder = self._ladder(line, is_recurring=bool(remediation.period))
        if ladder.digest == remediation.ladder:
            ladders.keep(self.session, self.district, ladder, now=self.history.now)

    def context(self, remediation: Remediation, *, on: date) -> LedgerContext:
        """Return the time limits, and the grounds for closing, that apply to an act on a day."""
        line = self.rulebook.standard.line(remediation.indicator)
        # The due date of a recurring duty is stated in config and never computed.
        fixed_due_on = remediation.due_on if remediation.period else None
        return LedgerContext(
            self.terms(line, fixed_due_on=fixed_due_on), self._grounds(remediation, on=on)
        )

    def _grounds(self, remediation: Remediation, *, on: date) -> Grounds:
        """Return the grounds for closing a remediation, and the missing kinds of evidence.

        Only evidence added from `proof_from` to `on` counts. When a closed remediation relapses, or
        fails again in a newer year, evidence from before does not prove the new correction.
        """
        rules = self.rulebook.evidence
        if not rules.is_attested(remediation.indicator):
            return Grounds(is_attested=False)
        entered = evidence_store.of_reference(self.session, self.district, remediation.reference)
        since = remediation.proof_from or remediation.opened_on
        present = {row.kind for row in entered if since <= row.added_on <= on}
        missing = evidence_rules.missing_kinds(self.required_kinds(remediation), present)
        kinds = evidence_rules.kinds_in_words(missing, self.rulebook.wording.evidence)
        return Grounds(is_attested=True, missing_kinds=kinds)

    def required_kinds(self, remediation: Remediation) -> Requirement:
        """Return the kinds of evidence that closing a remediation requires."""
        duty = self.rulebook.recurring.entry(remediation.indicator, due_on=remediation.due_on)
        kinds = () if duty is None or not remediation.period else duty.evidence
        return self.rulebook.evidence.required_kinds(remediation.indicator, duty_kinds=kinds)

    def draft(
        self, remediation: Remediation, *, by: str, on: date, evaluation_id: int | None
    ) -> None:
        """Insert a new remediation with its event."""
        self._store_ladder(remediation)
        row = store.add(self.session, self.district, remediation, evaluation_id=evaluation_id)
        act = Act(Move.DRAFT, by, on, school_year=remediation.school_year)
        self._append_event(act, None, remediation, {"row": row, "evaluation": evaluation_id})

    def act(
        self, before: Remediation, act: Act, *, evaluation_id: int | None = None
    ) -> Remediation:
        """Make a move, write the changed remediation, and return it.

        Raises:
            TransitionNotAllowed: the state machine does not allow the move.
            MoveIncomplete: an input that the move needs is missing.
            ClosingNotEarned: the data or evidence for closing is missing.

        """
        if act.unit:
            after = moves.move_part(before, act)
        else:
            after = moves.move(before, act, context=self.context(before, on=act.on))
        if after.ladder != before.ladder:
            self._store_ladder(after)
        store.change(self.session, self.district, after, evaluation_id=evaluation_id)
        self._append_event(act, before, after, {"evaluation": evaluation_id})
        if TABLE[act.move].by is Party.UNIT:
            self._acknowledge(before, act)
        return after

    def _acknowledge(self, remediation: Remediation, act: Act) -> None:
        """Mark the reminders of a remediation to the acting unit as acknowledged."""
        reminders.acknowledge(
            self.session,
            remediation.reference,
            cycle=remediation.cycle,
            unit=act.unit or remediation.lead,
            by=act.by,
            at=self.history.now,
            units_of=self.rulebook.contacts.units_of,
        )

    def record_progress(self, before: Remediation, act: Act) -> Remediation:
        """Write a unit's progress text; the status does not change."""
        after = replace(before, progress=act.text)
        happening = Happening(
            kind=EventKind.REPLIED,
            day=act.on,
            by=act.by,
            reason=act.reason,
            details=_details_of(act),
        )
        noted = self.rewrite(before, after, happening)
        self._acknowledge(before, act)
        return noted

    def rewrite(self, before: Remediation, after: Remediation, happening: Happening) -> Remediation:
        """Write a remediation that was changed without a move, with the event of the change."""
        store.change(self.session, self.district, after)
        with_states = replace(
            happening,
            reference=after.reference,
            was=before.status.value,
            became=after.status.value,
            details={**happening.details, "became": past_states.snapshot(after)},
        )
        self.history.tell(with_states)
        return after

    def hand_over(
        self, remediation: Remediation, *, by: str, on: date, reason: str = ""
    ) -> Remediation:
        """Sign off a draft and hand it over to its units."""
        signed = self.act(remediation, Act(Move.SIGN_OFF, by, on, reason=reason))
        return self.act(signed, Act(Move.HAND_OVER, by, on, reason=reason))

    def remark(self, remediation: Remediation, *, by: str, on: date, reason: str) -> None:
        """Record a remark on a remediation whose status does not change."""
        status = remediation.status.value
        self.history.tell(
            Happening(
                kind=EventKind.NOTED,
                day=on,
                by=by,
                reason=reason,
                reference=remediation.reference,
                was=status,
                became=status,
            )
        )

    def drafts(self) -> tuple[Remediation, ...]:
        return store.with_status(self.session, self.district, {Status.DRAFTED})

    def _append_event(
        self,
        act: Act,
        before: Remediation | None,
        after: Remediation,
        ids: Mapping[str, int | None],
    ) -> None:
        """Append the event of a move; `ids` are those of a new row and of the evaluation."""
        known_ids = {name: number for name, number in ids.items() if number is not None}
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
            details=_details_of(act) | known_ids | {"became": past_states.snapshot(after)},
        )
        self.history.tell(happening)


def _details_of(act: Act) -> dict[str, object]:
    """Return the attributes of an act that have no column of their own in its event."""
    details = {
        "approved_by": act.approved_by,
        "until": act.until and act.until.isoformat(),
        "cause": act.cause and act.cause.value,
        "school_year": act.school_year,
        "text": act.text,
    }
    return {name: value for name, value in details.items() if value}
