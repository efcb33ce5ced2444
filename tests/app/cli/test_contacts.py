"""The commands on people, as a clerk types them."""

from pathlib import Path

import pytest

from tests.app.cli.test_app import rows, run
from tests.tasks import own_contacts
from tests.tasks.owed_cards import open_remediations

REFORM = ("--since", "2019-02-28", "--on", "2019-03-01")


@pytest.fixture
def gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_contacts.without(tmp_path / "district", *own_contacts.GONE)
    monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))


class TestList:
    def test_csv_has_each_unit_of_the_plan_with_contact_and_head(self) -> None:
        listed = rows(run("contacts", "list", "--on", "2025-11-03", "--format", "csv"))

        assert list(listed[0]) == ["unit", "role", "name", "address", "from", "until"]
        assert len(listed) == 64
        assert {
            "unit": "区规划分局",
            "role": "contact",
            "name": "区自然资源局联系人",
            "address": "#区自然资源局",
            "from": "2019-03-01",
            "until": "",
        } in listed

    def test_table_has_a_merged_unit_once_under_its_current_name(self) -> None:
        output = run("contacts", "list", "--on", "2025-11-03").stdout

        assert "区规划分局" not in output
        assert output.count("#区自然资源局") == 1

    @pytest.mark.usefixtures("gaps")
    def test_a_unit_without_a_contact_has_the_common_channel(self) -> None:
        listed = rows(run("contacts", "list", "--on", "2025-11-03", "--format", "csv"))

        (row,) = [row for row in listed if (row["unit"], row["role"]) == ("区财政局", "contact")]
        assert (row["name"], row["address"]) == ("", "#义务教育优质均衡")

    def test_a_contact_with_routes_is_listed_with_all_of_them_in_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        routes = {"区财政局": "[{slack: U0123}, {email: caizheng@example.org}]"}
        folder = own_contacts.reached(tmp_path / "district", routes)
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))

        listed = rows(run("contacts", "list", "--on", "2025-11-03", "--format", "csv"))

        (row,) = [row for row in listed if (row["unit"], row["role"]) == ("区财政局", "contact")]
        assert row["address"] == "slack:U0123、email:caizheng@example.org"


class TestTheLeadingGroup:
    def test_is_listed_once_it_has_a_contact(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = own_contacts.without(tmp_path / "district")
        people = folder / "contacts.yaml"
        row = "  - {units: [领导小组], name: 钱区长, chat: '@钱'}\n"
        people.write_text(people.read_text("utf-8") + row, "utf-8")
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))

        listed = rows(run("contacts", "list", "--on", "2025-11-03", "--format", "csv"))

        # Csv keeps an address from being read as a formula.
        assert ("领导小组", "钱区长", "'@钱") in [
            (row["unit"], row["name"], row["address"]) for row in listed
        ]


class TestSummons:
    def test_csv_has_each_unit_with_its_head_and_references(self) -> None:
        open_remediations("区教育局", "区教育局", "区卫计局")

        # Due on Monday 17 November 2025 by a commitment, so the ladder of recurring duties applies.
        listed = rows(run("contacts", "summons", "--on", "2025-12-15", "--format", "csv"))

        assert listed[1] == {
            "unit": "区教育局",
            "head": "区教育局负责人",
            "rung": "summons",
            "count": "2",
            "oldest_due_on": "2025-11-17",
            "workdays_overdue": "20",
            "references": "370405-2025-0001;370405-2025-0002",
        }

    def test_table_has_the_current_names(self) -> None:
        open_remediations("区卫计局")

        output = run("contacts", "summons", "--on", "2025-12-15").stdout

        assert "区卫健局" in output
        assert "约谈" in output
        assert "区卫计局" not in output

    def test_is_empty_before_the_rung_is_reached(self) -> None:
        open_remediations("区卫计局")

        assert "没有达到约谈或问责的事项" in run("contacts", "summons", "--on", "2025-12-12").stdout


class TestGaps:
    def test_the_sample_has_none(self) -> None:
        assert rows(run("contacts", "gaps", "--format", "csv")) == []
        assert "每个单位都有可联系的人" in run("contacts", "gaps").stdout

    @pytest.mark.usefixtures("gaps")
    def test_csv_has_the_units_of_the_plan_with_their_heads(self) -> None:
        listed = rows(run("contacts", "gaps", "--on", "2025-11-03", "--format", "csv"))

        assert listed[1:3] == [
            {"unit": unit, "name": "区自然资源局", "head": "区自然资源局负责人"}
            for unit in ("区规划分局", "区国土资源分局")
        ]

    @pytest.mark.usefixtures("gaps")
    def test_table_has_the_number_of_units_and_the_remedy(self) -> None:
        output = run("contacts", "gaps", "--on", "2025-11-03").stdout

        assert "8 个单位没有可联系的人：区财政局、区自然资源局、运河街道" in output

    def test_a_district_without_contacts_sees_the_common_channel(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = 'code: "370403"\nname: 薛城区\ntowns: [临城街道, 沙沟镇]\n'
        (tmp_path / "district.yaml").write_text(text, "utf-8")
        monkeypatch.setenv("JUNHENG_DISTRICT", str(tmp_path))

        assert "公共频道 #义务教育优质均衡" in run("contacts", "gaps").stdout


class TestHandover:
    def test_csv_has_the_references_of_open_remediations(self) -> None:
        open_remediations("区规划分局", "区国土资源分局", "区规划分局")

        listed = rows(run("contacts", "handover", *REFORM, "--format", "csv"))

        assert listed[0] == {
            "unit": "区规划分局",
            "what": "name",
            "before": "区规划分局",
            "after": "区自然资源局",
            "on": "2019-03-01",
            "lead": "370405-2025-0001;370405-2025-0003",
            "supporting": "",
        }

    def test_table_gives_a_merged_unit_the_remediations_of_both(self) -> None:
        open_remediations("区规划分局", "区国土资源分局", "区规划分局")

        output = run("contacts", "handover", *REFORM).stdout

        assert (
            "区自然资源局牵头的未销号事项 3 项："
            "370405-2025-0001、370405-2025-0002、370405-2025-0003\n"
        ) in output

    def test_says_that_nothing_changed(self) -> None:
        output = run("contacts", "handover", "--since", "2019-03-01", "--on", "2025-11-03").stdout

        assert output == "2019-03-01 之后到 2025-11-03，单位名称和人员没有变化。\n"

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((), "缺少 --since"),
            (("--since", "2019-03-02", "--on", "2019-03-01"), "--since 不能晚于 --on"),
        ],
    )
    def test_a_usage_error_is_one_line_and_exits_with_2(
        self, words: tuple[str, ...], said: str
    ) -> None:
        result = run("contacts", "handover", *words)

        assert result.exit_code == 2
        assert said in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "没有写要做什么"), (("who",), "没有“who”这个命令"), (("gaps", "x"), "多写了参数")],
)
def test_a_usage_error_names_the_group_contacts(words: tuple[str, ...], said: str) -> None:
    result = run("contacts", *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "contacts" in result.stderr
