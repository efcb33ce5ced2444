"""The bundled sample's round, to try the product with: never in production or beside real data."""

from prefect import flow

from flows.annual_round import RoundOrder, run_first_half
from junheng.adapters import clock
from tasks.intake import samples
from tasks.steps import forms, steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@watched
@forms.as_form
@flow(
    name="sample-round",
    description="样例演示：用随附的样例走一遍年度监测，到请求签批为止",
    log_prints=False,
)
@in_words
def sample_round(*, on: forms.Day = None, by: forms.By = "", reason: forms.Reason = "") -> None:
    """Run the yearly round on the bundled sample, up to the sign-off."""
    samples.refuse_in_production()
    now = steps.frozen(clock.now())
    folder = samples.SAMPLES / str(samples.YEAR)
    order = RoundOrder(samples.YEAR, folder, on or clock.day_of(now), now)
    run_first_half(order, by=by, reason=reason)
