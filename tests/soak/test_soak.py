"""A sample of the soak: no reminder is lost or doubled, whichever sender is killed and when."""

import subprocess
import sys

import pytest

from junheng.settings import PROJECT_ROOT
from tests.soak.soak_days import Part
from tests.soak.soak_readers import CardUnreadable, Telling, tellings

SEQUENCES = 10
CARD = """【义务教育优质均衡整改】区教育局
2026年1月5日（星期一）

■ 新交办·催办 1项
今天要做：立即完成。
▸ 1月4日到期，已逾期1个工作日（1项）
· R1 每百名学生拥有高于规定学历教师数：东风小学；依据：第1条

□ 配合事项·临期提醒 2项
今天要做：核对本单位配合的部分。
▸ 区财政局牵头，1月9日到期，剩4个工作日（2项）
· R1 每百名学生拥有高于规定学历教师数：西关小学
· V01 以考试方式招生：南苑小学
"""
SCHOOLS = ("东风小学", "西关小学", "南苑小学")


def test_no_reminder_is_lost_or_doubled() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.soak.soak", "--sequences", str(SEQUENCES)],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    lines = (line.split(maxsplit=1) for line in result.stdout.splitlines())
    counted = {name: int(number) for number, name in lines}
    assert counted["sequences"] == SEQUENCES
    assert (counted["lost"], counted["doubled"]) == (0, 0)
    assert min(counted["kills"], counted["messages"]) > SEQUENCES


class TestTellings:
    def test_reads_each_remediation_with_its_part_and_label(self) -> None:
        assert tellings(CARD, SCHOOLS) == (
            Telling("东风小学", Part.LEAD, "新交办·催办"),
            Telling("西关小学", Part.SUPPORTING, "临期提醒"),
            Telling("南苑小学", Part.SUPPORTING, "临期提醒"),
        )

    def test_a_card_that_lists_fewer_remediations_than_its_heading_counts_is_refused(self) -> None:
        cut = CARD.replace("· V01 以考试方式招生：南苑小学\n", "")

        with pytest.raises(CardUnreadable):
            tellings(cut, SCHOOLS)
