"""The length of a card is limited, and items that do not fit are counted."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from junheng import config_files
from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.digests import Digest, Entry
from junheng.domain.chase.ladder import Audience, Rung
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook
from junheng.wording.chase.cards import CardWords
from tests.domain.chase.one_card import digest_of, remediation, writer_of

SLACK_LIMIT = 3500
CARDS = config_files.PACKAGED / "wording" / "cards.yaml"


@pytest.fixture(scope="module")
def writer(real_rulebook: Rulebook) -> CardWriter:
    return writer_of(real_rulebook)


@pytest.fixture(scope="module")
def lines(rulebook: Rulebook) -> tuple[Line, ...]:
    return rulebook.standard.lines


def many(lines: tuple[Line, ...], rung: Rung, *, clauses: int, schools: int) -> Digest:
    """Return a digest with an entry for each line, clause and school."""
    return digest_of(
        *(
            Entry(
                remediation(number, indicator=line.id, basis=f"区教育局（{clause}）"),
                rung,
                Audience.LEAD,
            )
            for line in lines
            for clause in range(clauses)
            for number in range(1, schools + 1)
        )
    )


class TestLength:
    def test_a_card_of_150_items_fits_a_screen_with_every_line(
        self, writer: CardWriter, rungs: Mapping[str, Rung], lines: tuple[Line, ...]
    ) -> None:
        measured = tuple(line for line in lines if line.id[0] in "RC")

        text = writer.card(many(measured, rungs["handed_over"], clauses=1, schools=10)).text

        assert "牵头150项。" in text
        assert len(text) < 1500
        assert all(f"· {line.id} " in text for line in measured)

    def test_items_that_do_not_fit_are_counted(
        self, writer: CardWriter, rungs: Mapping[str, Rung], lines: tuple[Line, ...]
    ) -> None:
        digest = many(lines, rungs["handed_over"], clauses=3, schools=3)

        text = writer.card(digest).text

        shown = 3 * sum(line.startswith("· ") for line in text.splitlines())
        assert f"另有{len(digest.entries) - shown}项，见台账。" in text
        assert len(text) < SLACK_LIMIT

    def test_the_least_urgent_items_are_left_out(
        self, writer: CardWriter, rungs: Mapping[str, Rung], lines: tuple[Line, ...]
    ) -> None:
        less_urgent = many(lines, rungs["handed_over"], clauses=3, schools=3).entries
        urgent = Entry(remediation(99), rungs["summons"], Audience.LEAD)

        text = writer.card(digest_of(*less_urgent, urgent)).text

        assert "运河街道第99小学" in text

    @given(
        clauses=st.integers(1, 4),
        schools=st.integers(1, 12),
        name=st.text("校（<&{}\n", min_size=1, max_size=400),
    )
    def test_no_card_is_longer_than_the_limit_of_slack(
        self,
        writer: CardWriter,
        rungs: Mapping[str, Rung],
        lines: tuple[Line, ...],
        clauses: int,
        schools: int,
        name: str,
    ) -> None:
        digest = many(lines[:20], rungs["handed_over"], clauses=clauses, schools=schools)
        renamed = tuple(
            replace(
                entry,
                chased=replace(
                    entry.chased, remediation=replace(entry.remediation, unit_name=name)
                ),
            )
            for entry in digest.entries
        )

        assert len(writer.card(digest_of(*renamed)).text) < SLACK_LIMIT


class TestCardWords:
    def test_an_audience_without_words_is_refused(self) -> None:
        content = config_files.read(CARDS) | {"lines": {"lead": "…"}}

        with pytest.raises(ValidationError, match=r"lines\.section_head"):
            CardWords.model_validate(content)

    def test_words_without_a_default_for_other_rungs_are_refused(self) -> None:
        todo = {audience.value: {"handed_over": "…"} for audience in Audience}

        with pytest.raises(ValidationError, match="other_missing"):
            CardWords.model_validate(config_files.read(CARDS) | {"todo": todo})
