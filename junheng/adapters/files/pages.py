"""Documents for people: pages rendered from templates, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from junheng import wording
from junheng.domain.operations.disk_errors import FULL, why
from junheng.refusals import Transient

TEMPLATES = Path(__file__).parents[1] / "templates"


class NotWritten(Transient):
    """We cannot write a file: its place is no folder that we can make and write, or is full."""


def page(template: str, **values: Any) -> str:
    """Return a page of its own, with everything it needs inside: nothing is fetched to read it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Names come from what others sent in: they are text, whatever they look like.
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def put(path: Path, text: str) -> None:
    """Write a document in one step: a reader finds the old one or the new one, never half."""
    with written_whole(path) as half:
        half.write_text(text, encoding="utf-8")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Lend a place to write at, and put what was written at `path` once all of it is there.

    Raises:
        NotWritten: the folder cannot be made, or not be written into, or the disk is full.

    """
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    with said_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield half
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)


@contextmanager
def said_clearly(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into NotWritten: a full one wants room, not another folder."""
    try:
        yield
    except OSError as error:
        says = wording.packaged().disk
        if error.errno in FULL:
            raise NotWritten(says.full.format(path=path)) from error
        raise NotWritten(says.not_written.format(path=path, reason=why(error))) from error
