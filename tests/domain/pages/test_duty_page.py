"""The page of duties: each task and clause with its answers."""

import pytest

from junheng.domain.duties.duty_map import DutyMap
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.domain.duties.responsibilities import DutyList
from junheng.domain.duties.standing_duties import StandingDuties
from junheng.domain.pages.duty_page import DutyPage
from junheng.rulebook import Rulebook

DUTY_LIST = DutyList.model_validate(
    {
        "title": "职责清单",
        "duties": [
            {
                "number": "一",
                "unit": "区规划分局",
                "clauses": [
                    {"number": "一", "text": "规划学校。"},
                    {"number": "二", "text": "配套学校。"},
                ],
            },
            {"number": "二", "unit": "镇街", "clauses": [{"number": None, "text": "其他。"}]},
        ],
    }
)
RECURRING = RecurringDuties.model_validate(
    {
        "duties": [
            {
                "id": "D01",
                "name": "每月通报",
                "basis": "工作要求（三）",
                "lead": "区教育局",
                "period": "month",
                "due": [25],
                "opens": "period_start",
                "evidence": ["通报"],
                "from": "2018-08-24",
                "until": "2020-12-31",
            }
        ]
    }
)


@pytest.fixture(scope="module")
def page(real_rulebook: Rulebook) -> str:
    mapped = DutyMap(
        real_rulebook.plan,
        DUTY_LIST,
        real_rulebook.responsibilities,
        real_rulebook.standard,
        RECURRING,
        StandingDuties.model_validate(
            {
                "clauses": {
                    "镇街": {
                        "attested": {"evidence": ["台账"], "every": "half_year"},
                        "supports": ["Q01", "D01"],
                    }
                }
            }
        ),
    )
    return DutyPage(mapped, real_rulebook.departments, real_rulebook.wording.duties).markdown()


def test_the_heading_of_a_unit_has_the_plans_name_and_the_newest(page: str) -> None:
    assert "### 一、区规划分局（2019年3月1日起为区自然资源局）\n" in page
    assert "### 二、镇街\n" in page


def test_a_clause_with_only_a_t_line_is_a_standing_duty(page: str) -> None:
    section = page.partition("**区规划分局（二）**")[2].partition("###")[0]

    assert "> 配套学校。" in section
    assert "- 常态职责：" in section
    assert section.rstrip().endswith("T02 保障义务教育用地供应")


def test_a_clause_without_an_answer_says_so(page: str) -> None:
    section = page.partition("**区规划分局（一）**")[2].partition("**")[0]

    assert "- 尚无指标、例行事项或报告对应" in section


def test_a_standing_duty_has_period_evidence_and_supported_lines(page: str) -> None:
    section = page.partition("**镇街**")[2].partition("## 三")[0]

    assert "- 常态职责：每半年凭佐证（台账）认定" in section
    assert "- 支撑：Q01 初中三年巩固率；D01 每月通报" in section


def test_the_calendar_has_a_row_for_each_recurring_duty(page: str) -> None:
    row = page.rstrip().splitlines()[-1]

    assert row == (
        "| D01 | 每月通报 | 区教育局 |  | 每月 | 周期第一天 | 25日 | 通报 | 工作要求（三） "
        "| 2018-08-24 起 至 2020-12-31 |"
    )


def test_unanswered_clauses_are_counted(page: str) -> None:
    assert "| 尚无回答 | 0 | 1 |" in page
