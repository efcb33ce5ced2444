"""The remediations that are chased: not those met since; for a form, its faulty cell."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Status
from junheng.store import notices, remediations
from tasks.chase import cards
from tasks.intake import submissions
from tasks.judging import evaluation
from tasks.ledger import remediation
from tests import databases, small_district
from tests.tasks import sample_homes

NOW = datetime(2025, 10, 20, 1, 30, tzinfo=UTC)
MONDAY = date(2025, 10, 20)
# A school of 张山子镇; one of 涧头集镇 sent nothing.
SENT_BACK = "3370405005"


@pytest.fixture(scope="module")
def handed_over(judged_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of six schools, handed over on Monday 20 October 2025."""
    folder = tmp_path_factory.mktemp("handed_over") / "home"
    databases.copy_home(judged_small, folder)
    with sample_homes.home(folder):
        remediation.remediate(year=2025, today=MONDAY, now=clock.now())
    return folder


@pytest.fixture(autouse=True)
def _at_home(handed_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.copy_home(handed_over, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder equal to the collected one."""
    return small_district.make(tmp_path / "2025")


def card(recipient: str) -> str:
    """Return the newest card of a recipient, '' if there is none."""
    with bootstrap.session() as session:
        texts = [
            row.text for row in notices.listing(session, "370405") if row.recipient == recipient
        ]
    return texts[-1] if texts else ""


def correct(folder: Path) -> None:
    """Submit a corrected workbook for the one that was sent back."""
    import openpyxl

    (path,) = (folder / "schools").glob(f"{SENT_BACK}*")
    book = openpyxl.load_workbook(path)
    book["学校填报数据"]["E16"] = 307
    corrections = folder.parent / "corrections" / "schools"
    corrections.mkdir(parents=True)
    book.save(corrections / path.name)
    submissions.collect(corrections.parent, year=2025, now=NOW)


class TestForms:
    def test_the_card_of_a_town_names_the_faulty_cell_of_a_school_that_was_sent_back(
        self,
    ) -> None:
        cards.owe_cards(MONDAY, clock=clock.now)

        text = card("张山子镇")
        assert "· SUB 年度报送：张山子镇第一完全中学（“学校填报数据”E16 初中学生人数）；" in text
        assert "□ 配合事项·新交办" in text

    def test_no_card_contains_a_figure_of_the_form(self) -> None:
        cards.owe_cards(MONDAY, clock=clock.now)

        assert "307" not in card("张山子镇")

    def test_the_card_of_a_town_names_a_school_that_sent_no_form(self) -> None:
        cards.owe_cards(MONDAY, clock=clock.now)

        assert "· SUB 年度报送：涧头集镇第二中学（未报送）；" in card("涧头集镇")

    def test_a_school_that_has_reported_since_is_not_chased(self, folder: Path) -> None:
        correct(folder)

        cards.owe_cards(MONDAY, clock=clock.now)

        assert "SUB 年度报送：涧头集镇第二中学（未报送）；" in card("区教育局")
        assert "SUB" not in card("张山子镇")

    def test_a_school_that_has_been_evaluated_since_is_not_chased(self, folder: Path) -> None:
        correct(folder)
        evaluation.evaluate(year=2025, now=NOW)

        cards.owe_cards(MONDAY, clock=clock.now)

        assert "SUB" not in card("张山子镇")

    def test_the_remediation_stays_open_in_the_ledger(self, folder: Path) -> None:
        correct(folder)
        evaluation.evaluate(year=2025, now=NOW)

        with bootstrap.session() as session:
            rows = remediations.ledger(session, "370405")
        statuses = {row.unit: row.status for row in rows if row.indicator == "SUB"}
        assert statuses[SENT_BACK] is Status.HANDED_OVER
