"""The district's recurring duties: their units, and their basis in the plan."""

import re
from datetime import date, timedelta

import pytest

from junheng.domain.duties.recurring_duties import RecurringDuty, instances_due
from junheng.domain.duties.responsibilities import clause_names
from junheng.domain.people.districts import EVERY_TOWN
from junheng.rulebook import Rulebook

EVIDENCE = {"公告", "通报", "报告", "方案", "照片", "会议纪要", "台账", "统计表", "其他"}
# The sample's rounds: no recurring duty may open between hand-over and cards.
ROUNDS = [
    (date(2024, 10, 21), date(2024, 11, 4)),
    (date(2025, 10, 20), date(2025, 11, 3)),
]


@pytest.fixture(scope="module")
def duties(rulebook: Rulebook) -> tuple[RecurringDuty, ...]:
    return rulebook.recurring.duties


def test_are_numbered_from_d01_on_without_a_gap(rulebook: Rulebook) -> None:
    assert list(rulebook.recurring.ids) == [f"D{n:02}" for n in range(1, 20)]


def test_have_one_entry_each(
    duties: tuple[RecurringDuty, ...],
) -> None:
    assert len({duty.id for duty in duties}) == len({duty.name for duty in duties}) == len(duties)


def test_have_a_clause_a_plan_task_or_a_requirement_as_basis(
    rulebook: Rulebook, duties: tuple[RecurringDuty, ...]
) -> None:
    tasks = {f"重点任务{task.number}" for task in rulebook.plan.tasks}
    requirements = {f"工作要求（{number}）" for number in "一二三四"}

    for duty in duties:
        assert duty.basis in clause_names(rulebook.duty_list) | tasks | requirements, duty.id


def test_have_existing_plan_tasks_including_their_basis(
    rulebook: Rulebook, duties: tuple[RecurringDuty, ...]
) -> None:
    numbers = {task.number for task in rulebook.plan.tasks}

    for duty in duties:
        assert set(duty.plan_tasks) <= numbers, duty.id
        if task := re.fullmatch(r"重点任务(\d+)", duty.basis):
            assert int(task[1]) in duty.plan_tasks, duty.id


def test_are_led_and_supported_by_known_units_each_named_once(
    rulebook: Rulebook, duties: tuple[RecurringDuty, ...]
) -> None:
    known = {unit.id for unit in rulebook.departments} | {EVERY_TOWN}

    for duty in duties:
        units = [duty.lead, *duty.supporting]
        assert set(units) <= known, duty.id
        assert len(units) == len(set(units)), duty.id


def test_are_led_by_the_unit_of_their_clause(duties: tuple[RecurringDuty, ...]) -> None:
    for duty in duties:
        lead = "镇街" if duty.lead == EVERY_TOWN else duty.lead
        if not duty.basis.startswith(("重点任务", "工作要求")):
            assert duty.basis.startswith(lead), duty.id


def test_of_a_plan_task_have_only_units_of_the_task(
    rulebook: Rulebook, duties: tuple[RecurringDuty, ...]
) -> None:
    units = {f"重点任务{task.number}": set(task.units) for task in rulebook.plan.tasks}

    for duty in duties:
        assert {duty.lead, *duty.supporting} <= units.get(
            duty.basis, {duty.lead, *duty.supporting}
        ), duty.id


def test_require_known_kinds_of_evidence(duties: tuple[RecurringDuty, ...]) -> None:
    for duty in duties:
        assert set(duty.evidence) <= EVIDENCE, duty.id


def test_apply_from_the_plans_day_on(duties: tuple[RecurringDuty, ...]) -> None:
    assert {(duty.from_, duty.until) for duty in duties} == {(date(2018, 8, 24), None)}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("每年开展专项督导", "学校布局规划落实情况专项督导"),
        ("定期开展义务教育学校招生和均衡编班专项督导", "招生和均衡编班专项督导"),
        ("及时向社会公开督导结果", "大班额和大规模学校专项督导并公开结果"),
        ("定期发布监测评估报告", "义务教育优质均衡监测评估报告"),
        ("每年举办一次中小学校园艺术节", "中小学校园艺术节"),
        ("定期开展学生体质健康测试", "学生体质健康测试"),
        ("艺术素养测评", "学生艺术素养测评"),
        ("定期开展学生课业负担专项督导", "学生课业负担专项督导"),
        ("课业负担监测公告制度", "中小学生课业负担监测公告"),
        ("定期开展专项治理行动", "在职教师有偿补课专项治理"),
        ("校长定期进行交流", "校长定期交流"),
        ("定期向社会公布交流轮岗情况", "向社会公布交流轮岗情况"),
        ("完善校长年度考核", "校长年度考核"),
        ("实施校长定期轮训", "校长定期轮训"),
        ("日常督查和专项检查", "校园安全专项检查"),
        ("教育经费投入情况进行检查", "教育经费投入和管理使用情况检查"),
        ("教育经费投入的年报统计工作", "教育事业发展和教育经费投入年报统计"),
        ("定期向上级党委、政府通报学生流失、流动和辍学情况", "控辍保学情况通报"),
    ],
)
def test_cover_the_recurring_work_of_the_plan(rulebook: Rulebook, words: str, name: str) -> None:
    (duty,) = (duty for duty in rulebook.recurring.duties if duty.name == name)
    said = {f"重点任务{task.number}": task.text for task in rulebook.plan.tasks}
    for unit in rulebook.duty_list.duties:
        said |= {f"{unit.unit}（{clause.number}）": clause.text for clause in unit.clauses}

    assert words in said[duty.basis]


@pytest.mark.parametrize("of_the_round", ROUNDS)
def test_do_not_open_during_the_samples_rounds(
    rulebook: Rulebook, of_the_round: tuple[date, date]
) -> None:
    first, last = of_the_round
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))

    open_then = [
        instance
        for day in days
        for instance in instances_due(
            rulebook.recurring,
            today=day,
            opened=(),
            towns=rulebook.district.towns,
            calendar=rulebook.calendar,
        )
    ]

    assert not open_then


def test_open_the_last_turns_of_2025_on_wednesday_3_december_one_for_each_town(
    rulebook: Rulebook,
) -> None:
    opened = instances_due(
        rulebook.recurring,
        today=date(2025, 12, 3),
        opened=(),
        towns=rulebook.district.towns,
        calendar=rulebook.calendar,
    )

    assert {instance.due_on for instance in opened} == {date(2025, 12, 31)}
    assert [instance.unit for instance in opened if instance.duty.id == "D19"] == list(
        rulebook.district.towns
    )
    assert [instance.period for instance in opened if instance.duty.id == "D08"] == ["2025-H2"]
