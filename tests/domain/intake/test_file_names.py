"""Decoding file names in any encoding."""

import pytest

from junheng.domain.intake.file_names import readable


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_is_decoded(encoding: str) -> None:
    on_disk = "区教育局（更正）.xlsx".encode(encoding)

    assert readable(on_disk.decode("utf-8", "surrogateescape")) == "区教育局（更正）.xlsx"


def test_a_name_in_an_unknown_encoding_can_be_stored() -> None:
    name = readable(b"a\xff.xlsx".decode("utf-8", "surrogateescape"))

    assert name == r"a\xff.xlsx"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("换\n行.xlsx", r"换\n行.xlsx"),
        ("反\u202excod.xlsx", r"反\u202excod.xlsx"),
        ("零\u200b宽.xlsx", r"零\u200b宽.xlsx"),
        ("行\u2028分.xlsx", r"行\u2028分.xlsx"),
        ("半\ud800个", r"半\ud800个"),
    ],
)
def test_a_character_that_no_list_can_show_is_escaped(name: str, shown: str) -> None:
    assert readable(name) == shown
