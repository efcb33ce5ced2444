"""The monthly review: evaluate again, and request a sign-off for new remediations."""

from junheng.adapters import clock
from junheng.domain.office_days import day_of, school_year
from tasks.steps import forms, signing, steps
from tasks.steps.deployed import deployed


# The flow keeps this name, because Prefect links the runs of earlier versions by it.
@deployed(
    "remediate", description="重新判定最近收过报送的学年：评估判定 → 判定报告 → 起草整改 → 请求签批"
)
def monthly_review(asked: forms.OfTheYearInHand) -> None:
    """Evaluate the year's figures again and update the ledger by the findings."""
    now = steps.frozen(clock.now())
    day = asked.on or day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    years = [asked.year] if asked.year else steps.years_in_hand(school_year(day))
    for year in years:
        steps.evaluate(year, now)
        steps.write_report(year, day)
        signing.draft(year, day, asked.despite_gaps, clock=clock.now)
        signing.ask(year, day, clock=clock.now)
