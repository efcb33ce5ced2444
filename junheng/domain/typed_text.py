"""Texts that people typed: made fit for a database, and kept from being formulas."""

from collections.abc import Mapping
from typing import Any

# Excel in Chinese reads the full-width signs as the others.
_FORMULA_BEGINS = tuple("=+-@\t\r＝＋－＠")


def begins_formula(text: str) -> bool:
    """Return whether a spreadsheet that opens a text may read it as a formula."""
    return text.startswith(_FORMULA_BEGINS)


def storable(text: str) -> str:
    r"""Return a text whose lone surrogates are escaped (`\ud800`): no database takes them."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    # The same object: it may be a member of a StrEnum.
    return text


def storable_content(content: Any) -> Any:
    """Return parsed JSON in which every text is storable."""
    match content:
        case str():
            return storable(content)
        case list():
            return [storable_content(element) for element in content]
        case Mapping():
            return {storable(str(key)): storable_content(value) for key, value in content.items()}
        case _:
            return content
