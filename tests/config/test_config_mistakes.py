"""Refused changes of config/ other than undefined names."""

import os
import re
import shutil
from pathlib import Path

import pytest

from junheng import rulebook as rulebooks
from junheng.rulebook import SAMPLE_DISTRICT, RulebookUnusable
from junheng.settings import PROJECT_ROOT

CONFIG = PROJECT_ROOT / "config"
SCHOOL, GUARANTEES = "forms/school.yaml", "standard/2-guarantees.yaml"
NAME_ITEM = "  - {key: school_name, label: 学校名称, category: 基本信息, type: text, required: true"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(CONFIG, tmp_path / "config")


def change(config: Path, file: str, before: str, after: str) -> Path:
    path = config / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return path


def refusal(config: Path, district: str = SAMPLE_DISTRICT) -> str:
    with pytest.raises(RulebookUnusable) as refused:
        rulebooks.load(config, district)
    return refused.value.sentence


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        pytest.param(
            "calendar/2024.yaml",
            "- 2024-02-04",
            "- 2024-02-05",
            "第33行的 makeup_days.0：2024-02-05 不是周末，不应列为调休上班日",
            id="a makeup day on a weekday",
        ),
        pytest.param(
            "calendar/2024.yaml",
            "- 2024-02-04",
            "- 2024-02-10",
            "第33行的 makeup_days.0：2024-02-10 既列为放假日，又列为调休上班日",
            id="a day that is holiday and makeup day",
        ),
        pytest.param(
            "calendar/2024.yaml",
            "{day: 2024-02-11, name: 春节}",
            "{day: 2024-02-10, name: 春节}",
            "第6行的 holidays.2.day：“2024-02-10”写了两次",
            id="a holiday twice",
        ),
        pytest.param(
            "calendar/2024.yaml",
            "day: 2024-10-07",
            "day: 2042-10-07",
            "第31行的 holidays.27.day：2042-10-07 不在 2024 年",
            id="a day of another year",
        ),
        pytest.param(
            "calendar/2024.yaml",
            "day: 2024-02-17",
            "day: 2024-02-30",
            "第12行的日期不存在",
            id="a day that does not exist",
        ),
        pytest.param(
            "calendar/2024.yaml",
            "year: 2024",
            "year: 2023",
            "第1行的 year：年份 2023 与文件名 2024.yaml 不一致",
            id="a year that differs from the file name",
        ),
        pytest.param(
            "taierzhuang/lights.yaml",
            "red_workdays: 0}",
            "red_workdays: 0, red_workdays: 1}",
            "第4行的“red_workdays”在同一处写了两次",
            id="a key twice",
        ),
        pytest.param(
            "taierzhuang/departments.yaml",
            "id: 区教育局",
            "id: 创建办",
            "第10行的 departments.1.id：“创建办”写了两次",
            id="a department twice",
        ),
        pytest.param(
            "taierzhuang/departments.yaml",
            "id: 区教育局",
            "id: 运河街道",
            "第10行的 departments.1.id：部门“运河街道”与镇街重名",
            id="a department named like a town",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "with: {fewest_students: 50,",
            "with: {fewest_students: [50],",
            "with.fewest_students：应填数字，不是“[50]”",
            id="a list where a number belongs",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "threshold: 0.9}",
            "threshold: .nan}",
            "应填普通的数字",
            id="a threshold that is no number",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "until: 2022-12-31",
            "until: 2018-12-31",
            "until 不能早于 from",
            id="an edition that ends before it begins",
        ),
        pytest.param(
            "wording/mail.yaml",
            "{address} 不是邮箱地址",
            "{address.__class__} 不是邮箱地址",
            "花括号不成对，或占位符写得不对",
            id="a placeholder that asks for an attribute",
        ),
        pytest.param(
            "wording/mail.yaml",
            "{address} 不是邮箱地址",
            "{address!q} 不是邮箱地址",
            "花括号不成对，或占位符写得不对",
            id="a placeholder with a conversion",
        ),
        pytest.param(
            "taierzhuang/lights.yaml",
            "rules:",
            "rules: " + "[" * 5000,
            "不是正确的 YAML",
            id="lists in lists without end",
        ),
        pytest.param(
            "standard/3-quality.yaml",
            "id: Q02",
            "id: R1",
            "第14行的 lines.1.id：“R1”写了两次",
            id="a line twice, in two files",
        ),
        pytest.param(
            GUARANTEES,
            "by: scale_class, threshold: {ordinary: 2000, through: 2500}",
            "by: scale_class, threshold: {ordinary: 2000}",
            "第45行的 lines.3.editions.0.threshold：缺少“through”的标准值",
            id="no threshold for one of the keys",
        ),
        pytest.param(
            GUARANTEES,
            "{measure: arts_rooms_required, with: {classes_per_room: 12}}",
            "{measure: arts_rooms_required}",
            "threshold.with：缺少参数“classes_per_room”",
            id="a measure without a required parameter",
        ),
        pytest.param(
            GUARANTEES,
            "measure: share, with: {figures: [trained_teachers]",
            "measure: share, with: {figures: [rotated_teachers]",
            "editions.0.with.figures.0：没有“rotated_teachers”这个填报项或栏目",
            id="a figure of departments in a line per school",
        ),
        pytest.param(
            GUARANTEES,
            "applies: enrols_by_zone",
            "applies: of_plan_task, applies_with: {number: 1}",
            "applies：“of_plan_task”要用的“number”在填报表中没有",
            id="a condition over a column that the line's units do not have",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "measure: weighted_coefficient, of: [R1]",
            "measure: weighted_coefficient, of: [R]",
            "of.0：指标“R”本身由别的指标算出",
            id="a combined line within a combined line",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "measure: weighted_coefficient, of: [R1]",
            "measure: weighted_coefficient, of: [G09]",
            "of.0：指标“G09”判定的单位不同",
            id="a combined line with another grain",
        ),
        pytest.param(
            "standard/1-resources.yaml",
            "measure: weighted_coefficient, of: [R1]",
            "measure: qualified_teachers_per_100_students",
            "“qualified_teachers_per_100_students”不能按全区学段（stage）判定",
            id="a measure of sections for a whole stage",
        ),
        pytest.param(
            GUARANTEES,
            "figure: music_rooms_from_96_m2, unit: 间, part: counted_music_rooms",
            "figure: music_rooms_from_96_m2, unit: 间, part: counted_fine_art_rooms",
            "part：没有“counted_fine_art_rooms”这个算式部分，是不是“counted_fine_arts_rooms”",
            id="an undefined part of the measure",
        ),
        pytest.param(
            SCHOOL,
            "label: 是否寄宿制, category: 基本信息, type: bool, choices: [是, 否]",
            "label: 是否寄宿制, category: 基本信息, type: bool, choices: [否, 是]",
            "items.6：choices 应为 [是, 否]",
            id="no before yes, which would be counted as text",
        ),
        pytest.param(
            SCHOOL,
            "pe_teachers_junior",
            "pe_teachers_middle",
            "要用的“pe_teachers”在填报表中没有",
            id="a figure of one stage only",
        ),
        pytest.param(
            "taierzhuang/responsibilities.yaml",
            "    区环保局: 重点任务2\n",
            "    区妇联: 重点任务2\n",
            "tasks.2.区妇联：没有“区妇联”这个责任单位（按方案，这项重点任务不由它负责）",
            id="a unit that the plan does not list for the task",
        ),
    ],
)
def test_a_change_is_refused_with_file_and_line(
    copied: Path, file: str, before: str, after: str, said: str
) -> None:
    change(copied, file, before, after)

    sentence = refusal(copied)

    assert said in sentence
    assert re.search(rf"{re.escape(str(copied))}/\S+\.yaml 第\d+行", sentence)
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "file", ["calendar/2022.yaml", SCHOOL, "standard/recognition.yaml", "taierzhuang/plan.yaml"]
)
def test_a_missing_file_is_named(copied: Path, file: str) -> None:
    (copied / file).unlink()

    assert file in refusal(copied)


def test_a_misspelt_measure_is_no_mistake_of_the_lines_made_of_it(copied: Path) -> None:
    change(copied, "standard/1-resources.yaml", "measure: qualified_", "measure: qualifed_")

    with pytest.raises(RulebookUnusable) as refused:
        rulebooks.load(copied, SAMPLE_DISTRICT)

    assert len(refused.value.sentences) == 1


def test_a_pipe_in_the_place_of_a_file_is_refused(copied: Path) -> None:
    lights = copied / SAMPLE_DISTRICT / "lights.yaml"
    lights.unlink()
    os.mkfifo(lights)

    assert f"读不到配置文件 {lights}（不是普通文件）" in refusal(copied)


class TestDates:
    def test_an_item_twice_in_one_year_is_refused(self, copied: Path) -> None:
        change(copied, SCHOOL, NAME_ITEM, f"{NAME_ITEM}, until: 2026}}\n{NAME_ITEM}, from: 2026")

        assert "items.1.key：“school_name”在同一学年里写了两次" in refusal(copied)

    def test_an_item_may_be_followed_by_another_of_the_same_name(self, copied: Path) -> None:
        change(copied, SCHOOL, NAME_ITEM, f"{NAME_ITEM}, until: 2025}}\n{NAME_ITEM}, from: 2026")

        book = rulebooks.load(copied, SAMPLE_DISTRICT)

        keys = [
            [item.key for item in book.school_form(year).items].count("school_name")
            for year in (2025, 2026)
        ]
        assert keys == [1, 1]

    def test_an_item_must_not_end_while_a_line_uses_it(self, copied: Path) -> None:
        item = "key: certified_teachers, "
        change(copied, SCHOOL, item, f"{item}until: 2025, ")

        assert "没有“certified_teachers”这个填报项或栏目" in refusal(copied)

    def test_an_item_may_end_together_with_its_line(self, copied: Path) -> None:
        item = "key: certified_teachers, "
        change(copied, SCHOOL, item, f"{item}until: 2025, ")
        line = "{from: 2017-04-19, measure: share, with: {figures: [certified_teachers]"
        ended = line.replace("2017-04-19,", "2017-04-19, until: 2026-08-31,")
        change(copied, GUARANTEES, line, ended)

        book = rulebooks.load(copied, SAMPLE_DISTRICT)

        assert "certified_teachers" not in book.school_form(2026).by_key

    def test_a_part_without_an_edition_for_a_year_is_refused(self, copied: Path) -> None:
        weights = "section_weights:\n  - from: 2017"
        change(copied, SCHOOL, weights, f"{weights}\n    until: 2024")

        assert "section_weights：2025年没有内容" in refusal(copied)

    def test_a_part_may_be_a_plain_value(self, copied: Path) -> None:
        dated = (
            "sections:\n  - from: 2017\n    value: {小学: primary, 初中: junior, 高中: senior}\n"
        )
        change(copied, SCHOOL, dated, "sections: {小学: primary, 初中: junior, 高中: senior}\n")

        before, after = (
            rulebooks.load(config, SAMPLE_DISTRICT).judging_hash(2025, rules_year=2025)
            for config in (CONFIG, copied)
        )
        assert before == after

    def test_a_mistake_in_a_plain_part_has_its_line(self, copied: Path) -> None:
        change(copied, SCHOOL, "  - {parts: [bachelor", "  - {part: [bachelor")

        assert re.search(r"第45行的 degree_sums\.1\.part：没有这一项，.*“parts”", refusal(copied))


class TestAnotherDistrict:
    @pytest.fixture
    def district(self, tmp_path: Path) -> Path:
        folder = tmp_path / "another"
        folder.mkdir()
        text = (CONFIG / "taierzhuang" / "district.yaml").read_text("utf-8")
        (folder / "district.yaml").write_text(text.replace("运河街道", "临城街道"), "utf-8")
        return folder

    def test_may_have_fewer_departments_than_the_samples_plan_names(self, district: Path) -> None:
        only = "departments:\n  - {id: 区教育局, names: [{name: 区教育局, from: 2018-08-24}]}\n"
        (district / "departments.yaml").write_text(only, "utf-8")

        book = rulebooks.load(CONFIG, str(district))

        assert [unit.id for unit in book.departments] == ["区教育局"]

    def test_is_checked_against_its_own_files(self, district: Path) -> None:
        own = "works:\n  - {lines: [G99], steps: [{name: 开工, workdays: 5}, {name: 验收}]}\n"
        (district / "milestones.yaml").write_text(own, "utf-8")

        assert "第2行的 works.0.lines.0：没有“G99”这项指标" in refusal(CONFIG, str(district))


class TestCache:
    def test_the_same_files_give_the_same_rulebook(self, copied: Path) -> None:
        first = rulebooks.load(copied, SAMPLE_DISTRICT)

        assert rulebooks.load(copied, SAMPLE_DISTRICT) is first

    def test_a_changed_file_is_read_again(self, copied: Path) -> None:
        before = rulebooks.load(copied, SAMPLE_DISTRICT)
        change(copied, "taierzhuang/district.yaml", "name: 台儿庄区", "name: 薛城区")

        after = rulebooks.load(copied, SAMPLE_DISTRICT)

        assert (before.district.name, after.district.name) == ("台儿庄区", "薛城区")

    def test_an_added_file_is_read(self, copied: Path) -> None:
        before = rulebooks.load(copied, SAMPLE_DISTRICT)
        written = "year: 2027\nnotice: 试行\nholidays: []\nmakeup_days: []\n"
        (copied / "calendar" / "2027.yaml").write_text(written, "utf-8")

        after = rulebooks.load(copied, SAMPLE_DISTRICT)

        assert len(after.calendar_years) == len(before.calendar_years) + 1
