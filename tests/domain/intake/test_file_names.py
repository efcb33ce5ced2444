"""Decoding file names in any encoding."""

import pytest

from junheng.domain.intake.file_names import readable


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_is_decoded(encoding: str) -> None:
    on_disk = "区教育局（更正）.xlsx".encode(encoding)

    assert readable(on_disk.decode("utf-8", "surrogateescape")) == "区教育局（更正）.xlsx"


def test_a_name_in_an_unknown_encoding_can_be_stored() -> None:
    name = readable(b"a\xff.xlsx".decode("utf-8", "surrogateescape"))

    assert name == "a\N{REPLACEMENT CHARACTER}.xlsx"
