"""The monthly look: judge again what has been sent in since, and ask for what is new."""

from datetime import date

from prefect import flow

from flows import clock
from flows.ending import in_words
from tasks import signing_steps, steps


@flow(name="remediate", description="重新判定本学年数据，新发现的问题起草后请求签批")
@in_words
def remediate(
    year: int | None = None, on: date | None = None, despite_gaps: str | None = None
) -> None:
    """Judge a year's figures again and settle the ledger by them."""
    day = on or clock.today()
    for judged in [year] if year else steps.years_in_hand(clock.school_year(day)):
        steps.evaluate(judged, clock.now())
        signing_steps.draft(judged, day, despite_gaps)
        signing_steps.ask(judged, day)
