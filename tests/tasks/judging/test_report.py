"""The verdict report: complete, in Chinese, and self-contained."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.domain.judging.findings import Verdict
from tasks.intake import submissions
from tasks.judging import overview, report
from tests import databases
from tests.tasks import defective_measures, sample_homes
from tests.tasks.sample_homes import NOW

TODAY = date(2025, 10, 20)


class Page(HTMLParser):
    """The URLs that a browser would fetch, and the text that it would show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.shown: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")
        ]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@pytest.fixture
def text(in_2025: Path) -> str:
    return report.write(2025, TODAY).read_text("utf-8")


def test_the_page_fetches_nothing(text: str) -> None:
    page = Page(text)

    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert all(address.startswith("#") for address in page.fetched)
    assert not re.search(r"https?:|url\(|@import", text)


def test_the_page_has_the_answer_the_groups_and_every_failing_unit(text: str) -> None:
    with bootstrap.session() as session:
        found = overview.findings_of_year(session, bootstrap.rulebook(), 2025)
    failing = [finding for finding in found if finding.verdict is Verdict.NOT_MET]

    assert "还有4项条件未达到，目前不能认定。" in text
    for group in ("资源配置", "政府保障程度", "教育质量", "社会认可度", "一票否决", "本区方案"):
        assert group in text
    for indicator in {finding.indicator for finding in failing}:
        assert f'<h4 id="{indicator}">' in text
    rows = text.partition('<section id="failing">')[2].partition("</section>")[0]
    assert rows.count("<tr><td>") == len(failing)


def test_the_page_counts_missing_inapplicable_and_unjudged_units(text: str) -> None:
    others = text.partition('<section id="others">')[2]

    # R: nine sections did not report, it does not apply to five, none broke.
    assert re.search(r"R 七项资源配置综合达标</td>(<td class=\"n\">\d+</td>){3}", others)
    assert 'R 七项资源配置综合达标</td><td class="n">9</td><td class="n">5</td>' in others


def test_the_heat_map_has_every_section_by_the_seven_ratios(text: str) -> None:
    heat = text.partition('<section id="heat">')[2].partition("</section>")[0]

    assert heat.count('<td class="who">') == 65
    assert heat.count('class="missing"') >= 9 * 8


def test_the_same_evaluation_gives_the_same_page(in_2025: Path, text: str) -> None:
    assert report.write(2025, TODAY).read_text("utf-8") == text


def test_the_data_docs_are_written(in_2025: Path) -> None:
    index = report.write_data_docs(2025)

    pages = [page.read_text("utf-8") for page in index.parent.rglob("section.html")]
    assert any(
        "R1 每百名学生拥有高于规定学历教师数（教督〔2017〕6号 第六条（一））" in page
        for page in pages
    )
    assert index.is_file()


def test_a_name_with_markup_is_escaped(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    (folder / "schools").mkdir(parents=True)
    (folder / "学校名录.csv").write_text(
        "学校代码,学校名称,学校类型,所在镇街,城乡类型,办学性质\n"
        "3370405001,<script>坏</script>小学,小学,运河街道,城区,公办\n",
        "utf-8",
    )
    submissions.collect(folder, year=2025, now=NOW)
    from tasks.judging import evaluation

    evaluation.evaluate(year=2025, now=NOW)

    page = report.write(2025, TODAY).read_text("utf-8")

    assert "<script>" not in page
    assert "&lt;script&gt;坏" in page


def test_a_line_without_units_is_named(judged_2024: Path) -> None:
    with sample_homes.home(judged_2024):
        page = report.write(2024, TODAY).read_text("utf-8")

    assert "没有可判定单位的指标（例如没有报送建设项目）：L03 教育部门全程参与建设项目" in page


def test_a_rule_that_broke_is_named_in_the_report(
    judged_small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.judging import evaluation

    defective_measures.put_in(monkeypatch, "school_buses_comply")
    databases.copy_home(judged_small, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    defective_measures.judge_again(monkeypatch, tmp_path)

    evaluated = evaluation.evaluate(year=2025, now=NOW)
    page = report.write(2025, TODAY).read_text("utf-8")

    assert set(evaluated.broken) == {"L25b"}
    assert "指标 L25b 未能判定" in page
