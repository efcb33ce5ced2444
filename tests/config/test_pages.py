"""The pages in docs/ that are rendered from config are current."""

from junheng.settings import PROJECT_ROOT
from tasks.judging import standard
from tasks.ledger import duty_map


def test_the_page_of_the_standard_is_current() -> None:
    page = (PROJECT_ROOT / "docs" / "standard.md").read_text("utf-8")

    assert page == standard.markdown(), "run `make docs`"


def test_the_page_of_the_duties_is_current() -> None:
    page = (PROJECT_ROOT / "docs" / "duties.md").read_text("utf-8")

    assert page == duty_map.markdown(), "run `make docs`"
