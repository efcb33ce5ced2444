"""How a list is printed: apart from the lists themselves, which load much more."""

from enum import StrEnum


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    CSV = "csv"
