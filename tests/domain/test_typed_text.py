"""Texts that people type can be stored, whatever they contain."""

from enum import StrEnum

from hypothesis import given
from hypothesis import strategies as st

from junheng.domain.typed_text import storable, storable_content

ANY_CHARACTER = st.characters(min_codepoint=0, max_codepoint=0x10FFFF, categories=None)


class Answer(StrEnum):
    YES = "是"


@given(st.text(ANY_CHARACTER))
def test_any_text_becomes_storable_and_stays_so(text: str) -> None:
    stored = storable(text)

    assert stored.encode("utf-8").decode("utf-8") == stored
    assert storable(stored) == stored


def test_texts_are_storable_at_every_depth() -> None:
    content = {"reason": "半\ud800个", "items": [{"\udcff": 1}, None, True]}

    assert storable_content(content) == {
        "reason": r"半\ud800个",
        "items": [{r"\udcff": 1}, None, True],
    }


def test_a_storable_text_stays_the_same_object() -> None:
    assert storable_content([Answer.YES])[0] is Answer.YES
