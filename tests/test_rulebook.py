"""Errors about mistakes in config/ name file, place and expected value, in Chinese."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from junheng import rulebook as rulebooks
from junheng.domain.duties.recurring_duties import RecurringDuties
from junheng.rulebook import Rulebook, RulebookUnusable
from junheng.settings import PROJECT_ROOT

GOOD = 'code: "370403"\nname: 薛城区\ntowns: [临城街道, 沙沟镇]\n'
DEPARTMENTS = "departments:\n  - {id: 区教育局, names: [{name: 区教育局, from: 2018-08-24}]}\n"


@pytest.fixture
def district(tmp_path: Path) -> Path:
    (tmp_path / "district.yaml").write_text(GOOD, "utf-8")
    return tmp_path


def load(folder: Path) -> Rulebook:
    return rulebooks.load(PROJECT_ROOT / "config", str(folder))


def test_a_mistake_in_the_ladder_names_the_expected_value(district: Path) -> None:
    rungs = "{name: chased, label: 催办, workdays_to_due: -1, tells: [lead]}"
    ladder = f"time_limits: {{default: 20, veto: 5}}\nrungs: [{rungs}, {rungs}]\n"
    (district / "ladder.yaml").write_text(ladder, "utf-8")

    with pytest.raises(RulebookUnusable, match="rungs：填得不对（台阶重名：chased）"):
        load(district)


def test_a_code_without_quotation_marks_is_text(district: Path) -> None:
    (district / "district.yaml").write_text(GOOD.replace('"', ""), "utf-8")

    assert load(district).district.code == "370403"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (GOOD.replace("name: 薛城区\n", ""), "的 name：缺少这一项"),
        (GOOD.replace("薛城区", "5"), "的 name：应填文字"),
        (GOOD.replace("[临城街道, 沙沟镇]", "临城街道"), "的 towns：应填列表"),
        (GOOD.replace("[临城街道, 沙沟镇]", "[]"), "的 towns：不能为空"),
        (GOOD.replace("沙沟镇", "7"), "的 towns.1：应填文字"),
        (GOOD + "town: 沙沟镇\n", "的 town：没有这一项"),
        (GOOD + "name: [\n", "不是正确的 YAML"),
        ("- 薛城区\n", "应为键值形式"),
    ],
)
def test_a_mistake_in_a_district_names_file_place_and_expected_value(
    district: Path, written: str, said: str
) -> None:
    (district / "district.yaml").write_text(written, "utf-8")

    with pytest.raises(RulebookUnusable) as refused:
        load(district)

    line = str(refused.value)
    assert str(district / "district.yaml") in line
    assert said in line
    assert not re.search(r"[a-z]{3,} [a-z]{3,}", line.replace(str(district), ""))
    assert "\n" not in line


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (DEPARTMENTS.replace("2018-08-24", "2018/8/24"), "names.0.from：应填日期"),
        (DEPARTMENTS.replace("departments", "units"), "units：没有这一项，请核对写法"),
        (DEPARTMENTS.replace("id: 区教育局, ", ""), "第2行的 departments.0.id：缺少这一项"),
    ],
)
def test_a_mistake_in_departments_names_the_expected_value(
    district: Path, written: str, said: str
) -> None:
    (district / "departments.yaml").write_text(written, "utf-8")

    with pytest.raises(RulebookUnusable, match=re.escape(said)):
        load(district)


DUTY = """
duties:
  - {id: D01, name: 专项督导, basis: 重点任务1, lead: 区教育局, period: year, due: [12-31],
     opens_workdays_before: 20, evidence: [报告], from: 2018-08-24}
"""


def test_a_district_without_recurring_duties_uses_the_samples(district: Path) -> None:
    assert load(district).recurring.ids[0] == "D01"


def test_a_districts_own_recurring_duties_replace_the_samples(district: Path) -> None:
    (district / "recurring.yaml").write_text(DUTY, "utf-8")

    assert [duty.name for duty in load(district).recurring.duties] == ["专项督导"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (DUTY.replace("12-31", "12-32"), "duties.0.due.0：填得不对（“12-32”不是日子"),
        (DUTY.replace("period: year", "period: week"), "duties.0.period：应从 'year'"),
        (DUTY.replace("id: D01", "id: R1"), "duties.0.id：填得不对（编号应写成 D01"),
        (DUTY.replace("evidence: [报告], ", ""), "duties.0.evidence：缺少这一项"),
    ],
)
def test_a_mistake_in_recurring_duties_names_the_expected_value(
    district: Path, written: str, said: str
) -> None:
    (district / "recurring.yaml").write_text(written, "utf-8")

    with pytest.raises(RulebookUnusable, match=re.escape(said)):
        load(district)


CONTACTS = 'channel: "#公共"\noffice: 创建办\nnamed_only: true\ncontacts:\n'


class TestContacts:
    def test_borrowed_contacts_are_not_required_and_have_no_address(self, district: Path) -> None:
        contacts = load(district).contacts

        told = contacts.of("临城街道", date(2025, 11, 3))
        assert not contacts.named_only
        assert (told.recipient, told.chat) == ("临城街道", None)

    def test_a_districts_own_contacts_are_required_and_have_addresses(self, district: Path) -> None:
        own = '  - {units: [各镇街], name: "{unit}办", chat: "@{unit}"}\n'
        (district / "contacts.yaml").write_text(CONTACTS + own, "utf-8")

        contacts = load(district).contacts

        told = contacts.of("临城街道", date(2025, 11, 3))
        assert contacts.named_only
        assert (told.name, told.chat) == ("临城街道办", "@临城街道")

    def test_a_person_may_be_reached_by_several_routes_in_order(self, district: Path) -> None:
        own = '  - {units: [各镇街], name: 办, reach: [{slack: "#{unit}"}, {email: a@b.cn}]}\n'
        (district / "contacts.yaml").write_text(CONTACTS + own, "utf-8")

        told = load(district).contacts.of("临城街道", date(2025, 11, 3))

        assert list(map(str, told.reach)) == ["slack:#临城街道", "email:a@b.cn"]

    @pytest.mark.parametrize(
        ("own", "said"),
        [
            (
                "  - {units: [沙沟镇], name: 甲}\n  - {units: [沙沟镇], name: 乙}\n",
                "沙沟镇同时有两个 contact：甲、乙",
            ),
            (
                "  - {units: [甲局], name: 甲, from: 2025-02-01, until: 2025-01-01}\n",
                "contacts.0：填得不对（甲局的甲：until 不能早于 from）",
            ),
            ("  - {units: [甲局], name: 甲, role: boss}\n", "第5行的 contacts.0.role：应从"),
            (
                "  - units: [乙局]\n    name: 乙\n    reach:\n    - slack: 甲\n    - pigeon: 乙\n",
                "第9行的 contacts.0.reach.1：填得不对（没有“pigeon”这个渠道，可以写 slack、",
            ),
            (
                "  - {units: [甲局], name: 甲}\n  - {units: [乙局], name: 乙, reach: []}\n",
                "第6行的 contacts.1.reach：不能为空",
            ),
            (
                "  - {units: [甲局], name: 甲, reach: [{slack: U0123, email: a@b.cn}]}\n",
                "第5行的 contacts.0.reach.0：填得不对（每条写成“渠道: 地址”",
            ),
            (
                "  - {units: [甲局], name: 甲, reach: [{slack: 123}]}\n",
                "第5行的 contacts.0.reach.0：填得不对（slack 的地址应填文字",
            ),
            (
                '  - {units: [甲局], name: 甲, chat: "#甲", reach: [{slack: U0123}]}\n',
                "第5行的 contacts.0：填得不对（甲局的甲：chat 和 reach 只写一个）",
            ),
        ],
    )
    def test_a_mistake_names_file_unit_and_expected_value(
        self, district: Path, own: str, said: str
    ) -> None:
        path = district / "contacts.yaml"
        path.write_text(CONTACTS + own, "utf-8")

        with pytest.raises(RulebookUnusable, match=re.escape(said)) as refused:
            load(district)

        assert str(path) in str(refused.value)


class TestCalled:
    def test_a_duty_is_named_with_its_period(self, rulebook: Rulebook) -> None:
        name = rulebook.recurring.duties[-1].name

        assert rulebook.called("D19", "2025-Q4") == f"{name}（2025年四季度）"

    def test_a_duty_missing_in_config_is_named_by_its_id(self, rulebook: Rulebook) -> None:
        left = replace(rulebook, recurring=RecurringDuties(duties=()))

        assert left.called("D19", "2025-Q4") == "已从配置中删去的例行事项D19（2025年四季度）"
