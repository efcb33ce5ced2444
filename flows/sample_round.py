"""The yearly round on the bundled sample, for trials; refused in production and with real data."""

from dataclasses import dataclass

from junheng.adapters import clock
from junheng.domain.office_days import day_of
from tasks.intake import samples
from tasks.steps import forms, signing, steps
from tasks.steps.deployed import deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTheSample:
    """The parameters of a run on the sample."""

    on: forms.Day = None
    by: forms.By = ""
    reason: forms.Reason = ""


@deployed("sample-round", description="样例演示：用随附的样例走一遍年度监测，到请求签批为止")
def sample_round(asked: OfTheSample) -> None:
    """Run the yearly round on the bundled sample, up to the sign-off."""
    samples.refuse_in_production()
    now = steps.frozen(clock.now())
    year, day = samples.YEAR, asked.on or day_of(now)
    steps.note_started(asked.by, asked.reason, now)
    steps.check_contacts(day, None, clock=clock.now)
    collected = steps.collect(str(samples.SAMPLES / str(year)), year, now, day)
    steps.evaluate(year, now, collected["data_hash"])
    steps.write_report(year, day)
    signing.draft(year, day, clock=clock.now)
    signing.ask(year, day, clock=clock.now)
