"""The cards of heads and section heads, and the list of the leading group."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.digests import Digest, Entry
from junheng.domain.chase.ladder import Audience, LadderKind, Rung
from junheng.domain.people.contacts import Contact, Role
from junheng.rulebook import Rulebook
from junheng.wording.chase.cards import Lines
from tests.domain.chase.one_card import MONDAY, digest_of, remediation

# Five workdays before Monday 3 November 2025.
OVERDUE = date(2025, 10, 27)


def card(writer: CardWriter, *entries: Entry, posts: tuple[Contact, ...]) -> str:
    first, *also = posts
    return writer.card(Digest(first, "@某人", MONDAY, entries, also=tuple(also))).text


def post(unit: str, role: Role) -> Contact:
    return Contact(units=(unit,), name="张三", role=role, chat="@张三")


class TestHead:
    def test_a_head_is_asked_to_intervene(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entry = Entry(remediation(due_on=OVERDUE), rungs["escalated"], Audience.HEAD)

        text = card(writer, entry, posts=(post("区卫计局", Role.HEAD),))

        assert text.startswith("【义务教育优质均衡整改】区卫健局负责人\n")
        assert "请您过问1项，其中逾期1项。" in text
        assert "张三" not in text
        assert "■ 请您过问·督办 1项\n请您：亲自过问，明确分管负责人和完成日期" in text
        assert "▸ 区教育局，10月27日到期，已逾期5个工作日（1项）" in text

    def test_a_section_head_is_asked_to_supervise_the_clerk(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entry = Entry(remediation(due_on=OVERDUE), rungs["chased"], Audience.SECTION_HEAD)

        text = card(writer, entry, posts=(post("区教育局", Role.SECTION_HEAD),))

        assert text.startswith("【义务教育优质均衡整改】区教育局科室负责人\n")
        assert "■ 本科室承办·催办 1项\n今天要做：督促经办人完成" in text

    def test_the_contact_hands_up_the_rungs_of_an_unreachable_head(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entry = Entry(remediation(due_on=OVERDUE), rungs["accountability"], Audience.LEAD)

        text = writer.card(digest_of(entry)).text

        assert "■ 问责 1项\n今天要做：已提请问责。今天呈报单位负责人" in text

    def test_a_person_with_two_posts_gets_one_card_for_both(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        own = Entry(remediation(1), rungs["handed_over"], Audience.LEAD)
        above = Entry(remediation(2, lead="区体育局"), rungs["escalated"], Audience.HEAD)
        posts = (post("区教育局", Role.CONTACT), post("区体育局", Role.HEAD))

        text = card(writer, above, own, posts=posts)

        assert text.startswith("【义务教育优质均衡整改】区教育局、区体育局负责人\n")
        assert text.index("■ 新交办") < text.index("■ 请您过问·督办")
        assert "▸ 区体育局，" in text


class TestLeadingGroup:
    group = post("领导小组", Role.CONTACT)

    def test_lists_the_count_and_the_oldest_due_date_of_each_unit(
        self, writer: CardWriter, rungs: Mapping[str, Rung]
    ) -> None:
        entries = (
            *(
                Entry(remediation(number, due_on=MONDAY), rungs["summons"], Audience.LEADING_GROUP)
                for number in range(1, 4)
            ),
            Entry(
                remediation(4, lead="区卫计局", due_on=OVERDUE),
                rungs["summons"],
                Audience.LEADING_GROUP,
            ),
            Entry(
                remediation(5, due_on=date(2025, 10, 20)),
                rungs["accountability"],
                Audience.LEADING_GROUP,
            ),
            Entry(remediation(6, due_on=OVERDUE), rungs["summons"], Audience.LEADING_GROUP),
        )

        text = card(writer, *entries, posts=(self.group,))

        assert "提请研究6项，其中逾期3项。" in text
        assert (
            "■ 提请研究·问责 1项\n"
            "请领导小组：研究问责意见；整改经过和约谈情况由创建办提供。\n"
            "▸ 区教育局：1项，最早一项10月20日到期，已逾期10个工作日\n"
        ) in text
        assert (
            "■ 提请研究·约谈 5项\n"
            "请领导小组：研究约谈下列单位负责人；书面材料由创建办提供。\n"
            "▸ 区卫健局：1项，最早一项10月27日到期，已逾期5个工作日\n"
            "▸ 区教育局：4项，最早一项10月27日到期，已逾期5个工作日\n"
        ) in text
        assert "· " not in text

    def test_is_short_with_299_items(self, writer: CardWriter, rungs: Mapping[str, Rung]) -> None:
        entries = tuple(
            Entry(remediation(number, due_on=OVERDUE), rungs["summons"], Audience.LEADING_GROUP)
            for number in range(1, 300)
        )

        text = card(writer, *entries, posts=(self.group,))

        assert "▸ 区教育局：299项" in text
        assert len(text) < 400


class TestTwoLadders:
    def test_rungs_of_one_name_are_one_section_although_their_days_differ(
        self, writer: CardWriter, rulebook: Rulebook
    ) -> None:
        entries = []
        for number, kind in enumerate((LadderKind.USUAL, LadderKind.VETO), 1):
            ladder = rulebook.ladder.of(kind)
            rung = next(rung for rung in ladder.rungs if rung.name == "escalated")
            entries.append(Entry(remediation(number, ladder=ladder), rung, Audience.LEAD))

        text = writer.card(digest_of(*entries)).text

        assert text.count("■ 督办") == 1
        assert "■ 督办 2项" in text


@pytest.mark.parametrize("audience", list(Audience))
def test_every_audience_has_words_for_every_rung(
    writer: CardWriter, rulebook: Rulebook, audience: Audience
) -> None:
    for kind in LadderKind:
        ladder = rulebook.ladder.of(kind)
        for rung in ladder.telling(audience):
            entry = Entry(replace(remediation(), ladder=ladder), rung, audience, ladder.rungs[0])

            text = writer.card(digest_of(entry)).text

            assert rung.label in text or ladder.rungs[0].label in text
            assert "{" not in text


def test_the_leading_group_needs_no_words_for_lines() -> None:
    assert set(Lines.model_fields) == set(Audience) - {Audience.LEADING_GROUP}
