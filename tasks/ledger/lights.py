"""The light of a remediation on a day, for all places that show it."""

from datetime import date

from junheng.domain.ledger import lights
from junheng.domain.ledger.lifecycle import WITH_OFFICE, WITH_UNIT
from junheng.domain.ledger.lights import Light
from junheng.domain.ledger.remediation import Remediation
from junheng.rulebook import Rulebook


def of(remediation: Remediation, rulebook: Rulebook, today: date) -> Light | None:
    """Return the light of a remediation; None if no unit has a running deadline."""
    if remediation.status not in WITH_UNIT | WITH_OFFICE:
        return None
    return lights.light(
        remediation.due_on,
        milestones=remediation.milestones,
        stopped_on=remediation.reported_on if remediation.status in WITH_OFFICE else None,
        today=today,
        rules=rulebook.lights,
        calendar=rulebook.calendar,
    )
