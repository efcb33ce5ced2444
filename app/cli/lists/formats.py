"""The formats of a printed list; a module of its own, because the lists import much more."""

from enum import StrEnum


class Format(StrEnum):
    """The format of a printed list."""

    TABLE = "table"
    CSV = "csv"
