"""Marks beside the database, which show that an older database was restored."""

from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from junheng.adapters.files import pages
from junheng.values import Frozen

_Mark = TypeVar("_Mark", bound=Frozen)


class LastClaim(Frozen):
    """The card that was claimed last: its row, its day, and when it was claimed."""

    notice_id: int
    planned_on: date
    claimed_at: datetime


class LostDays(Frozen):
    """The days on which cards may have been sent that the database does not contain."""

    first: date
    last: date


def put(path: Path, mark: Frozen) -> None:
    """Write a mark; raises NotWritten."""
    pages.put(path, f"{mark.model_dump_json()}\n")


def read(path: Path, kind: type[_Mark]) -> _Mark | None:
    """Return a mark; None if the file is missing or damaged."""
    try:
        return kind.model_validate_json(path.read_text("utf-8"))
    except (FileNotFoundError, ValidationError, UnicodeDecodeError):
        return None
