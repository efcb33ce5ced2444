"""A form item with a first school year does not affect earlier years."""

import shutil
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters.files import workbooks
from junheng.domain.intake import school_reports
from junheng.domain.intake.forms import Problem
from junheng.settings import PROJECT_ROOT
from tests.tasks import sample_homes
from tests.tasks.judging.test_sample_lists import KEPT, lists

LABEL = "人工智能教室间数"
ITEM = f"key: ai_classrooms, label: {LABEL}, category: 办学条件, type: count, unit: 间, from: 2026"
A_SCHOOL = PROJECT_ROOT / "samples" / "2025" / "schools"


@pytest.fixture
def asked_from_2026(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = shutil.copytree(PROJECT_ROOT / "config", tmp_path / "config")
    form = config / "forms" / "school.yaml"
    form.write_text(f"{form.read_text('utf-8').rstrip()}\n  - {{{ITEM}}}\n", "utf-8")
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.usefixtures("asked_from_2026")
def test_an_earlier_year_is_collected_and_judged_as_before(year: int, tmp_path: Path) -> None:
    judged = sample_homes.judged(tmp_path / "judged", year)

    for name, text in lists(judged, year, tmp_path / "home").items():
        assert text == (KEPT / str(year) / f"{name}.csv").read_text("utf-8-sig"), name


@pytest.mark.usefixtures("asked_from_2026")
def test_the_form_of_the_first_year_requires_the_item() -> None:
    missing = (Problem.ITEM_MISSING, LABEL)

    assert missing in faults(2026)
    assert missing not in faults(2025)


@pytest.mark.usefixtures("asked_from_2026")
def test_an_earlier_year_keeps_its_rulebook_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = bootstrap.rulebook()
    monkeypatch.delenv("JUNHENG_CONFIG")
    without = bootstrap.rulebook()

    hashes = [
        [book.judging_hash(year, rules_year=year) for year in (2024, 2025, 2026)]
        for book in (with_it, without)
    ]

    assert hashes[0][:2] == hashes[1][:2]
    assert hashes[0][2] != hashes[1][2]


def faults(year: int) -> set[tuple[Problem, str]]:
    """Return the faults of a school's file by the form of a year, except the wrong year."""
    path = min(A_SCHOOL.glob("3370405001*"))
    (opened,) = workbooks.open_all([path])
    (read,) = school_reports.read(
        opened.sheets or (),
        file_stem=path.stem,
        form=bootstrap.rulebook().school_form(year),
        register={},
        year=2025,
    )
    return {(fault.problem, fault.item) for fault in read.faults}
