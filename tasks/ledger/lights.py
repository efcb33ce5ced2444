"""The light of a remediation on a day, the same wherever it is shown."""

from datetime import date

from junheng.domain.ledger import lights
from junheng.domain.ledger.lifecycle import WITH_OFFICE, WITH_UNIT
from junheng.domain.ledger.lights import Light
from junheng.domain.ledger.remediation import Remediation
from junheng.rulebook import Rulebook


def of(one: Remediation, rulebook: Rulebook, today: date) -> Light | None:
    """Return the light of a remediation; None where no clock runs that a unit could miss."""
    if one.status not in WITH_UNIT | WITH_OFFICE:
        return None
    return lights.light(
        one.due_on,
        milestones=one.milestones,
        stopped_on=one.reported_on if one.status in WITH_OFFICE else None,
        today=today,
        rules=rulebook.lights,
        calendar=rulebook.calendar,
    )
