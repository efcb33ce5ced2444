"""The lists of both years of the sample, compared byte for byte.

Who means to change them runs `python -m tests.tasks.judging.test_sample_lists`
and looks at the diff.
"""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng.adapters import clock
from tasks.chase import cards
from tasks.ledger import remediation
from tests import databases
from tests.tasks import sample_homes

KEPT = Path(__file__).parents[2] / "data" / "lists"
DAYS = {2024: date(2024, 10, 21), 2025: date(2025, 10, 20)}
LISTS = {
    "verdicts": "verdicts --all --year {year}",
    "register": "register --year {year}",
    "departments": "register --departments --year {year}",
    "ledger": "ledger --full --on {day}",
    "notices": "notices",
}


@pytest.fixture(scope="module")
def listed(
    judged_2024: Path, judged_2025: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[int, str], str]:
    homes = {2024: judged_2024, 2025: judged_2025}
    return {
        (year, name): text
        for year, judged in homes.items()
        for name, text in lists(judged, year, tmp_path_factory.mktemp("lists") / "home").items()
    }


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("year", DAYS)
def test_a_list_of_the_sample_is_unchanged(
    listed: dict[tuple[int, str], str], year: int, name: str
) -> None:
    assert listed[year, name] == (KEPT / str(year) / f"{name}.csv").read_text("utf-8-sig")


def lists(judged: Path, year: int, folder: Path) -> dict[str, str]:
    """Return each list of a judged year, after the hand-over and with cards owed."""
    databases.copy_home(judged, folder)
    with sample_homes.home(folder):
        remediation.remediate(year=year, today=DAYS[year], now=clock.now())
        cards.owe_cards(DAYS[year], clock=clock.now)
        return {name: _printed(words, year) for name, words in LISTS.items()}


def _printed(words: str, year: int) -> str:
    asked = f"{words.format(year=year, day=DAYS[year])} --format csv"
    printed = CliRunner().invoke(app, asked.split())
    assert not printed.exit_code, printed.output
    return printed.stdout


def keep() -> None:
    """Write the current lists as the expected ones."""
    for year in DAYS:
        with tempfile.TemporaryDirectory() as folder:
            judged = sample_homes.judged(Path(folder) / "judged", year)
            for name, text in lists(judged, year, Path(folder) / "home").items():
                kept = KEPT / str(year) / f"{name}.csv"
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(text, "utf-8-sig")


if __name__ == "__main__":
    keep()
