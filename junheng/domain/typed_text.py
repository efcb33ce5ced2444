"""Texts that people typed, made fit to be stored."""

from collections.abc import Mapping
from typing import Any


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
