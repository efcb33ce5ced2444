"""Documents: pages rendered from templates, and atomic writing of files."""

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
    """We cannot write a file, because its folder cannot be made or written to, or is full."""


def page(template: str, **values: Any) -> str:
    """Return a self-contained page: a browser fetches nothing else to show it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Names come from submitted files and must not become markup.
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def put(path: Path, text: str) -> None:
    """Write a document atomically: a reader finds the old one or the new one, never half."""
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path, and rename it to `path` when the block ends without an error.

    Raises:
        NotWritten: the folder cannot be made or written to, or the disk is full.

    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with said_clearly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def said_clearly(path: Path) -> Iterator[None]:
    """Convert an OSError into NotWritten, with a sentence of its own for a full disk."""
    try:
        yield
    except OSError as error:
        says = wording.packaged().disk
        if error.errno in FULL:
            raise NotWritten(says.full.format(path=path)) from error
        raise NotWritten(says.not_written.format(path=path, reason=why(error))) from error
