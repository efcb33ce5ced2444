"""Measures the evaluation of the sample district of 2025, and the same verdicts in plain pandas.

Both read the same figures from the same database, warm, in one process, without imports.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from junheng.domain.judging.frames import YearData

YEAR = 2025
REPEATS = 7
GOAL_SECONDS = 3.0
CLOSE = 1e-6
console = Console(highlight=False)


def main() -> None:
    """Collect once, check that both give the same verdicts, then time them in turn."""
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "home"
        os.environ["JUNHENG_HOME"] = str(original)
        from app.server.telemetry_off import quiet

        quiet()
        from tasks.intake import submissions
        from tasks.intake.samples import SAMPLES

        submissions.collect(SAMPLES / str(YEAR), year=YEAR, now=datetime.now(UTC))
        _fresh_home(original, 0)
        _check()
        product: list[float] = []
        plain: list[float] = []
        parts: dict[str, list[float]] = {}
        for number in range(1, REPEATS + 1):
            _fresh_home(original, number)
            product.append(_timed(_product))
            plain.append(_timed(_plain))
            for name, seconds in _parts().items():
                parts.setdefault(name, []).append(seconds)
        _print(product, plain, parts)


def _product() -> None:
    """Judge as `junheng evaluate` does, without cached results."""
    from tasks.judging import evaluation

    evaluation.evaluate(year=YEAR, now=datetime.now(UTC))


def _plain() -> None:
    from bench import plain

    list(plain.judge(_data()))


def _parts() -> dict[str, float]:
    """Return the seconds of each part of the product's work."""
    from expectations import standard as judge
    from junheng import bootstrap
    from junheng.domain.judging import district_frames
    from junheng.domain.judging import findings as findings_of
    from junheng.domain.school_years import judged_on

    started = [time.perf_counter()]
    data = _data()
    started.append(time.perf_counter())
    frames = district_frames.build(data, backend="pandas")
    started.append(time.perf_counter())
    rules = bootstrap.rulebook().standard.in_force(judged_on(YEAR))
    judge.judge(rules, frames)
    started.append(time.perf_counter())
    for rule in rules:
        findings_of.of_rule(rule, frames[rule.line.per])
    started.append(time.perf_counter())
    names = ("load figures", "frames", "judge (Great Expectations)", "name units and distances")
    spent = (after - before for before, after in pairwise(started))
    return dict(zip(names, spent, strict=True))


def _data() -> "YearData":
    from junheng import bootstrap
    from tasks.intake import register
    from tasks.judging import year_data

    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        known = register.of_year(session, rulebook, YEAR)
        schools = [entry.school for entry in known.entries if entry.school is not None]
        counted = year_data.counted_now(known)
        return year_data.gathered(session, rulebook, counted, schools, year=YEAR, rules_year=YEAR)


def _fresh_home(original: Path, number: int) -> None:
    """Use a copy of the home after collecting and before judging, with an open database."""
    from junheng import bootstrap

    home = original.with_name(f"{original.name}-{number}")
    shutil.copytree(original, home)
    os.environ["JUNHENG_HOME"] = str(home)
    with bootstrap.session():
        pass


def _check() -> None:
    """Exit if product and baseline give different verdicts."""
    from bench import plain
    from junheng import bootstrap
    from junheng.domain.judging.findings import Verdict
    from tasks.judging import evaluation, overview

    evaluation.evaluate(year=YEAR, now=datetime.now(UTC))
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        found = overview.findings_of_year(session, rulebook, YEAR)
    ours = {
        (finding.indicator, finding.unit): (finding.value, finding.verdict.value)
        for finding in found
        if finding.verdict is not Verdict.NOT_APPLICABLE
    }
    theirs = {(line, unit): (value, verdict) for line, unit, value, verdict in plain.judge(_data())}
    differing = [
        key for key in ours.keys() | theirs.keys() if not _same(ours.get(key), theirs.get(key))
    ]
    if differing:
        shown = [(key, ours.get(key), theirs.get(key)) for key in sorted(differing)[:10]]
        raise SystemExit(f"{len(differing)} verdicts differ: {shown}")
    console.print(f"{len(ours)} verdicts, the same by both")


def _same(ours: tuple[float | None, str] | None, theirs: tuple[float | None, str] | None) -> bool:
    if ours is None or theirs is None or ours[1] != theirs[1]:
        return False
    if ours[0] is None or theirs[0] is None:
        return ours[0] is theirs[0]
    return abs(ours[0] - theirs[0]) <= CLOSE * max(1.0, abs(ours[0]))


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(product: list[float], plain: list[float], parts: dict[str, list[float]]) -> None:
    ours, theirs = median(product), median(plain)
    _print_row("product", product)
    for name, seconds in parts.items():
        console.print(f"  of it       {median(seconds):.2f} s   {name}")
    _print_row("plain pandas", plain)
    console.print(f"ratio         {ours / theirs:.1f}")
    goal = "kept" if ours < GOAL_SECONDS else "missed"
    console.print(f"goal          under {GOAL_SECONDS:.0f} s: {goal}")


def _print_row(name: str, seconds: list[float]) -> None:
    spread = f"median of {REPEATS}, {min(seconds):.2f} to {max(seconds):.2f}"
    console.print(f"{name:<14}{median(seconds):.2f} s   ({spread})")


if __name__ == "__main__":
    main()
