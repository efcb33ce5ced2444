"""Defective measures: config/ can name only existing measures, so the code itself is broken."""

import shutil
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest

from junheng.domain.standard.measures import MEASURES
from junheng.settings import PROJECT_ROOT

TITLE = "title: 义务教育学校年度填报表"


def put_in(monkeypatch: pytest.MonkeyPatch, name: str, **parameters: Any) -> None:
    """Make a measure read a missing column when it gets these parameters."""
    sound = MEASURES[name]

    @wraps(sound.expression)
    def expression(**given: Any) -> nw.Expr:
        is_meant = parameters.items() <= given.items()
        return nw.col("no_such_column") if is_meant else sound.expression(**given)

    monkeypatch.setitem(MEASURES, name, replace(sound, expression=expression))


def judge_again(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Use a config/ with another hash, because the same rules and data are not judged twice."""
    config = shutil.copytree(PROJECT_ROOT / "config", folder / "config")
    form = config / "forms" / "school.yaml"
    text = form.read_text("utf-8")
    assert TITLE in text
    form.write_text(text.replace(TITLE, "title: 义务教育学校年报"), "utf-8")
    monkeypatch.setenv("JUNHENG_CONFIG", str(config))
