"""The daily card: its head, sections, new items, submissions to correct, and foot."""

from collections.abc import Mapping
from datetime import date

from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.digests import Entry
from junheng.domain.chase.ladder import Audience, LadderInForce, LadderKind, Rung
from tests.domain.chase.one_card import MONDAY, digest_of, remediation


class TestHead:
    def test_names_the_recipient_and_the_day_of_the_week(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(Entry(remediation(), rungs["handed_over"], Audience.LEAD))

        head = writer.card(digest).text.splitlines()

        assert head[0] == "【义务教育优质均衡整改】区教育局"
        assert head[1] == "2025年11月3日（星期一）"

    def test_names_departments_once_by_their_name_on_that_day(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entry = Entry(remediation(), rungs["handed_over"], Audience.LEAD)
        digest = digest_of(entry, units=("区规划分局", "区国土资源分局"))

        assert writer.card(digest).text.startswith("【义务教育优质均衡整改】区自然资源局\n")

    def test_counts_overdue_items_and_names_the_nearest_due_date(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        overdue = remediation(1, due_on=date(2025, 10, 31))
        digest = digest_of(
            Entry(overdue, rungs["chased"], Audience.LEAD),
            Entry(remediation(2), rungs["handed_over"], Audience.LEAD),
        )

        head = writer.card(digest).text.splitlines()

        assert head[2] == "牵头2项，其中逾期1项。"
        assert head[3] == "最近一项11月17日到期，剩10个工作日。"

    def test_names_the_oldest_due_date_if_all_items_are_overdue(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        overdue = remediation(due_on=date(2025, 10, 31))

        text = writer.card(digest_of(Entry(overdue, rungs["chased"], Audience.LEAD))).text

        assert "已全部逾期，最早一项10月31日到期，已逾期1个工作日。" in text

    def test_a_due_date_in_a_year_without_announced_holidays_is_provisional(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        next_year = remediation(due_on=date(2026, 1, 5))

        text = writer.card(digest_of(Entry(next_year, rungs["handed_over"], Audience.LEAD))).text

        assert "2026年1月5日（暂定）到期，剩44个工作日" in text

    def test_an_item_due_today_says_so(self, writer: CardWriter, rungs: Mapping[str, Rung]) -> None:
        today = remediation(due_on=MONDAY)

        text = writer.card(digest_of(Entry(today, rungs["due_today"], Audience.LEAD))).text

        assert "▸ 今天到期（1项）" in text


class TestSections:
    def test_the_most_urgent_rung_comes_first(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        names = ("handed_over", "reminder", "summons", "due_today", "escalated", "chased")
        digest = digest_of(
            *(
                Entry(remediation(number), rungs[name], Audience.LEAD)
                for number, name in enumerate(names, 1)
            )
        )

        headings = [
            line.split()[1] for line in writer.card(digest).text.splitlines() if "■" in line
        ]

        assert headings == ["约谈", "督办", "催办", "今日到期", "临期提醒", "新交办"]

    def test_each_rung_says_what_to_do_today(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(Entry(remediation(), rungs["chased"], Audience.LEAD))

        text = writer.card(digest).text

        assert "■ 催办 1项\n今天要做：立即完成并报创建办；" in text

    def test_a_rung_added_by_the_office_says_what_to_do(self, writer: CardWriter) -> None:
        own = Rung(name="last_call", label="最后提醒", workdays_to_due=1, tells=(Audience.LEAD,))

        ladder = LadderInForce(kind=LadderKind.USUAL, rungs=(own,))
        text = writer.card(digest_of(Entry(remediation(ladder=ladder), own, Audience.LEAD))).text

        assert "■ 最后提醒 1项\n今天要做：逐项核对进展" in text

    def test_a_line_counts_its_units_and_names_the_failing_sections(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        both = remediation(2, items=("3370405002:小学", "3370405002:初中"))
        digest = digest_of(
            Entry(remediation(1), rungs["handed_over"], Audience.LEAD),
            Entry(both, rungs["handed_over"], Audience.LEAD),
        )

        assert (
            "· R1 每百名学生拥有高于规定学历教师数：运河街道第1小学（小学）、"
            "运河街道第2小学（小学、初中），共2所；依据：区教育局（五）"
        ) in writer.card(digest).text

    def test_five_units_are_named_and_the_rest_counted(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(
            *(
                Entry(remediation(number), rungs["handed_over"], Audience.LEAD)
                for number in range(1, 19)
            )
        )

        text = writer.card(digest).text

        assert "运河街道第5小学（小学）等18所" in text
        assert "运河街道第6小学" not in text

    def test_many_classes_of_one_school_are_counted(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        classes = tuple(f"3370405001:小学:1年级{number}班" for number in range(1, 13))
        crowded = remediation(indicator="G05", items=classes)

        text = writer.card(digest_of(Entry(crowded, rungs["handed_over"], Audience.LEAD))).text

        assert "（小学1年级1班、小学1年级2班、小学1年级3班等12个）" in text

    def test_a_unit_that_leads_its_own_item_is_not_named_twice(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        own = remediation(indicator="T05", unit="区教育局", unit_name="区教育局", items=())

        text = writer.card(digest_of(Entry(own, rungs["handed_over"], Audience.LEAD))).text

        assert "· T05 重点任务落实情况：加快义务教育学校标准化建设；依据：" in text

    def test_supporting_parts_come_last_and_name_the_lead(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        own = remediation(1, lead="区卫计局", indicator="R2")
        digest = digest_of(
            Entry(remediation(2), rungs["chased"], Audience.SUPPORTING),
            Entry(own, rungs["handed_over"], Audience.LEAD),
            units=("区卫计局",),
        )

        text = writer.card(digest).text

        assert text.index("■ 新交办") < text.index("□ 配合事项·催办 1项")
        assert "▸ 区教育局牵头，11月17日到期" in text

    def test_the_card_of_the_office_names_the_units_to_follow_up(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        overdue = remediation(lead="区卫计局", due_on=date(2025, 10, 27))
        digest = digest_of(Entry(overdue, rungs["escalated"], Audience.OFFICE), units=("创建办",))

        text = writer.card(digest).text

        assert "需要跟进1项，其中逾期1项。" in text
        assert "▸ 区卫健局牵头，10月27日到期，已逾期5个工作日（1项）" in text


class TestFirstNotice:
    """The first card about a remediation says that it is new, and what to do about it."""

    def test_an_item_due_within_a_week_is_new_and_has_no_reminder(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(
            Entry(remediation(1), rungs["reminder"], Audience.LEAD, rungs["handed_over"]),
            Entry(remediation(2), rungs["handed_over"], Audience.LEAD, rungs["handed_over"]),
        )

        text = writer.card(digest).text

        assert "■ 新交办 2项\n今天要做：逐项明确经办人和整改措施" in text
        assert "临期提醒" not in text

    def test_an_item_overdue_at_the_first_notice_is_new_and_overdue(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        overdue = remediation(due_on=date(2025, 10, 27))
        digest = digest_of(
            Entry(overdue, rungs["chased"], Audience.SUPPORTING, rungs["handed_over"]),
            units=("泥沟镇",),
        )

        text = writer.card(digest).text

        assert (
            "□ 配合事项·新交办·催办 1项\n"
            "今天要做：与牵头单位商定配合措施（首次告知时已到期或逾期）。今天完成本单位配合的部分"
        ) in text

    def test_new_items_have_a_section_of_their_own(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(
            Entry(remediation(1), rungs["escalated"], Audience.LEAD),
            Entry(remediation(2), rungs["escalated"], Audience.LEAD, rungs["handed_over"]),
        )

        text = writer.card(digest).text

        assert "■ 督办 1项" in text
        assert "■ 新交办·督办 1项" in text


class TestSubmissionToCorrect:
    """A form that was sent back: the wrong cells, and the place of all reasons."""

    def test_names_the_wrong_cells_and_says_to_send_again(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        sent_back = remediation(
            indicator="SUB", items=(), to_correct=("“学校填报数据”E16 初中学生人数",)
        )

        text = writer.card(digest_of(Entry(sent_back, rungs["handed_over"], Audience.LEAD))).text

        assert (
            "· SUB 年度报送：运河街道第1小学（“学校填报数据”E16 初中学生人数）；"
            "退回的更正后重新报送，未报送的补报，"
            "退回原因见报送名册（命令：junheng register --year 2025）；依据：区教育局（五）"
        ) in text

    def test_a_department_reads_the_errors_of_its_own_form(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        own = remediation(
            indicator="SUB",
            unit="区编办",
            unit_name="区编办",
            lead="区编办",
            items=(),
            to_correct=("未报送",),
        )
        digest = digest_of(Entry(own, rungs["handed_over"], Audience.LEAD), units=("区编办",))

        assert "· SUB 年度报送：区编办（未报送）；" in writer.card(digest).text


class TestFoot:
    def test_a_department_is_referred_to_the_office(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        digest = digest_of(Entry(remediation(), rungs["handed_over"], Audience.LEAD))

        text = writer.card(digest).text

        assert text.endswith("完整名单见整改台账，请向创建办索取（命令：junheng ledger）。")

    def test_the_office_is_referred_to_the_ledger(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entry = Entry(remediation(), rungs["escalated"], Audience.OFFICE)

        text = writer.card(digest_of(entry, units=("创建办",))).text

        assert text.endswith("完整名单见整改台账（命令：junheng ledger）。")
