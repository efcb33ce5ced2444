"""Accepted evidence, and the kinds required to close a line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.ledger.evidence import (
    EvidenceRefused,
    EvidenceRules,
    MediaType,
    Refusal,
    covers,
    kinds_in_words,
    missing_kinds,
    refusal_sentence,
)
from junheng.rulebook import Rulebook

RULES: dict[str, Any] = {
    "largest_mb": 20,
    "media": {"papers": ["pdf", "docx"], "pictures": ["png", "jpg"]},
    "kinds": [
        {"id": "报告", "media": ["papers"]},
        {"id": "公告", "media": ["papers", "pictures"]},
        {"id": "照片", "media": ["pictures"]},
    ],
    "attested": ["T", "G01"],
    "requires": [
        {"lines": ["T"], "any_of": ["报告", "公告"]},
        {"lines": ["T07", "G01"], "any_of": ["公告"]},
    ],
}


@pytest.fixture
def rules() -> EvidenceRules:
    return EvidenceRules.model_validate(RULES)


class TestCovers:
    @pytest.mark.parametrize(
        ("entry", "line"), [("T", "T01"), ("T", "T26"), ("T07", "T07"), ("R", "R"), ("D", "D03")]
    )
    def test_a_line_is_named_by_its_id_or_the_letters_before_its_two_digits(
        self, entry: str, line: str
    ) -> None:
        assert covers(entry, line)

    @pytest.mark.parametrize(
        ("entry", "line"),
        [("R", "R1"), ("T", "SUB"), ("T0", "T01"), ("G11", "G11a"), ("T", "T011"), ("", "01")],
    )
    def test_part_of_an_id_covers_nothing(self, entry: str, line: str) -> None:
        assert not covers(entry, line)


class TestRequired:
    def test_plan_tasks_require_evidence_and_ratios_do_not(self, rules: EvidenceRules) -> None:
        assert rules.is_attested("T01")
        assert rules.is_attested("G01")
        assert not rules.is_attested("R1")

    def test_every_entry_that_covers_a_line_is_required(self, rules: EvidenceRules) -> None:
        assert rules.required_kinds("T01") == (("报告", "公告"),)
        assert rules.required_kinds("T07") == (("报告", "公告"), ("公告",))

    def test_a_recurring_duty_requires_each_of_its_own_kinds(self, rules: EvidenceRules) -> None:
        assert rules.required_kinds("D01", duty_kinds=("报告", "公告")) == (("报告",), ("公告",))

    def test_an_attested_line_without_a_requirement_needs_any_file(
        self, rules: EvidenceRules
    ) -> None:
        silent = rules.model_copy(update={"requires": ()})

        assert silent.required_kinds("T01") == (("报告", "公告", "照片"),)

    def test_a_line_closed_by_data_requires_no_evidence(self, rules: EvidenceRules) -> None:
        assert rules.required_kinds("R1") == ()


class TestMissingKinds:
    def test_one_file_of_any_of_the_kinds_is_enough(self) -> None:
        assert missing_kinds((("报告", "公告"),), ["公告"]) == ()

    def test_alternatives_that_no_file_meets_are_missing(self) -> None:
        requirement = (("报告", "公告"), ("公告",))

        assert missing_kinds(requirement, ["报告"]) == (("公告",),)
        assert missing_kinds(requirement, ["照片"]) == requirement

    def test_missing_kinds_are_joined_with_or(self, rulebook: Rulebook) -> None:
        words = kinds_in_words((("报告", "公告"), ("台账",)), rulebook.wording.evidence)

        assert words == ("报告或公告", "台账")

    def test_more_than_two_kinds_are_listed_as_any_of(self, rulebook: Rulebook) -> None:
        (words,) = kinds_in_words((("报告", "通报", "公告"),), rulebook.wording.evidence)

        assert words == "报告、通报、公告之一（任一种即可）"

    def test_an_alternative_implied_by_a_narrower_one_is_left_out(self, rulebook: Rulebook) -> None:
        requirement = (("报告", "通报", "公告"), ("公告", "报告"), ("台账",))

        assert kinds_in_words(requirement, rulebook.wording.evidence) == ("公告或报告", "台账")

    @given(
        st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1), max_size=4),
        st.sets(st.sampled_from("甲乙丙丁")),
    )
    def test_a_further_file_never_makes_more_missing(
        self, groups: list[list[str]], present: set[str]
    ) -> None:
        requirement = tuple(tuple(group) for group in groups)

        before = missing_kinds(requirement, present)
        after = missing_kinds(requirement, present | {"甲"})

        assert set(after) <= set(before)
        assert missing_kinds(requirement, set("甲乙丙丁")) == ()


class TestCheckKind:
    def test_a_file_with_a_media_type_of_the_kind_passes(self, rules: EvidenceRules) -> None:
        rules.check_kind("公告", MediaType.JPEG, name="公告.jpg")

    def test_an_unknown_kind_lists_the_known_ones(
        self, rules: EvidenceRules, rulebook: Rulebook
    ) -> None:
        with pytest.raises(EvidenceRefused) as refused:
            rules.check_kind("材料", MediaType.PDF, name="a.pdf")

        assert refusal_sentence(refused.value, rulebook.wording.evidence) == (
            "“a.pdf”：佐证类别没有“材料”，应从“报告、公告、照片”中选填"
        )

    def test_a_wrong_media_type_lists_the_accepted_ones(
        self, rules: EvidenceRules, rulebook: Rulebook
    ) -> None:
        with pytest.raises(EvidenceRefused) as refused:
            rules.check_kind("报告", MediaType.PNG, name="IMG_1.png")

        assert refusal_sentence(refused.value, rulebook.wording.evidence) == (
            "“IMG_1.png”：是 png 文件，“报告”应为 pdf、docx，请另存后提交，或改选佐证类别"
        )


class TestRules:
    def test_a_task_missing_in_a_shorter_plan_is_no_mistake(self, rules: EvidenceRules) -> None:
        assert rules.lines_beyond({"T01", "G01"}) == frozenset()
        assert rules.lines_beyond({"T01"}) == {"G01"}
        assert rules.lines_beyond({"G01"}) == {"T", "T07"}


def test_every_refusal_has_a_sentence_that_says_what_to_do(rulebook: Rulebook) -> None:
    wording = rulebook.wording.evidence
    details = dict.fromkeys(["size", "largest", "suffix", "kind", "kinds", "found", "wanted"], "甲")

    for refusal in Refusal:
        sentence = refusal_sentence(EvidenceRefused(refusal, "a.pdf", details), wording)
        assert sentence.startswith("“a.pdf”：")
        assert "请" in sentence or "应" in sentence
