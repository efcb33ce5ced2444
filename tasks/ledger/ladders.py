"""Ladders: the one that a remediation climbs, as it stood when it was opened."""

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
    """We cannot say what was promised, because the ladder of a remediation is not kept."""


def reader(session: Session, rulebook: Rulebook) -> Callable[[Remediation], LadderInForce]:
    """Return what tells the ladder of a remediation; every one that is kept is read once."""
    return _Reader(rulebook, dict(ladders.kept(session, rulebook.district.code))).ladder_of


def own(held: Remediation) -> LadderInForce:
    """Return the ladder of one remediation; raises LadderLost."""
    with bootstrap.session() as session:
        return reader(session, bootstrap.rulebook())(held)


@dataclass(frozen=True, slots=True)
class _Reader:
    rulebook: Rulebook
    kept: dict[str, LadderInForce]
    of_today: dict[LadderKind, LadderInForce] = field(default_factory=dict)

    def ladder_of(self, held: Remediation) -> LadderInForce:
        if held.ladder:
            return self._kept(held)
        # Opened before ladders were kept: it climbs that of the day.
        rulebook = self.rulebook
        kind = kind_of(
            rulebook.standard.line(held.indicator),
            is_recurring=bool(held.period),
            is_attested=rulebook.evidence.is_attested(held.indicator),
        )
        if kind not in self.of_today:
            self.of_today[kind] = rulebook.ladder.of(kind)
        return self.of_today[kind]

    def _kept(self, held: Remediation) -> LadderInForce:
        if held.ladder not in self.kept:
            sentence = self.rulebook.wording.ledger.refusals.ladder_lost
            raise LadderLost(sentence.format(reference=held.reference))
        return self.kept[held.ladder]
