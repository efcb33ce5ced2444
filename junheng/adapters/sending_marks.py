"""Marks beside the database: by them it shows that an older one was put back in its place."""

from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from junheng.adapters.files import pages
from junheng.domain.values import Frozen

_Kept = TypeVar("_Kept", bound=Frozen)


class LastClaim(Frozen):
    """The card that was claimed last: its row, the day it is planned on, and the moment."""

    notice_id: int
    planned_on: date
    claimed_at: datetime


class LostDays(Frozen):
    """The days on which cards may have gone out that the database does not know of."""

    first: date
    last: date


def put(path: Path, mark: Frozen) -> None:
    """Keep a mark; raises NotWritten."""
    pages.put(path, f"{mark.model_dump_json()}\n")


def read(path: Path, kind: type[_Kept]) -> _Kept | None:
    """Return a mark, None where there is none, or somebody's hand was in it."""
    try:
        return kind.model_validate_json(path.read_text("utf-8"))
    except (FileNotFoundError, ValidationError, UnicodeDecodeError):
        return None
