"""Ladders: the one in force for a remediation, as stored when it was opened."""

from collections.abc import Callable
from dataclasses import dataclass, field

from junheng import bootstrap
from junheng.domain.chase.ladder import LadderInForce, LadderKind, kind_of
from junheng.domain.ledger.remediation import Remediation
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import ladders
from junheng.store.database.database import Session


class LadderLost(Refusal):
    """We cannot apply the ladder of a remediation, because it is not stored."""


def reader(session: Session, rulebook: Rulebook) -> Callable[[Remediation], LadderInForce]:
    """Return a function from remediation to ladder; all stored ladders are loaded once."""
    return _Reader(rulebook, dict(ladders.kept(session, rulebook.district.code))).ladder_of


def own(remediation: Remediation) -> LadderInForce:
    """Return the ladder of one remediation; raises LadderLost."""
    with bootstrap.session() as session:
        return reader(session, bootstrap.rulebook())(remediation)


@dataclass(frozen=True, slots=True)
class _Reader:
    rulebook: Rulebook
    kept: dict[str, LadderInForce]
    of_today: dict[LadderKind, LadderInForce] = field(default_factory=dict)

    def ladder_of(self, remediation: Remediation) -> LadderInForce:
        if remediation.ladder:
            return self._kept(remediation)
        # Opened before ladders were stored: the current ladder applies.
        rulebook = self.rulebook
        kind = kind_of(
            rulebook.standard.line(remediation.indicator),
            is_recurring=bool(remediation.period),
            is_attested=rulebook.evidence.is_attested(remediation.indicator),
        )
        if kind not in self.of_today:
            self.of_today[kind] = rulebook.ladder.of(kind)
        return self.of_today[kind]

    def _kept(self, remediation: Remediation) -> LadderInForce:
        if remediation.ladder not in self.kept:
            sentence = self.rulebook.wording.ledger.refusals.ladder_lost
            raise LadderLost(sentence.format(reference=remediation.reference))
        return self.kept[remediation.ladder]
