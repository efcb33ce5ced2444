"""Copies of the sample district with changed contacts."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from junheng.settings import PROJECT_ROOT

SAMPLE = PROJECT_ROOT / "config" / "taierzhuang"
GONE = ("区财政局", "区规划分局", "区国土资源分局")


def without(folder: Path, *units: str) -> Path:
    """Copy the sample district without the contacts of some units and of all towns."""
    shutil.copytree(SAMPLE, folder)
    path = folder / "contacts.yaml"
    kept = [
        row
        for row in path.read_text("utf-8").splitlines()
        if "role: head" in row or not any(unit in row for unit in (*units, "各镇街"))
    ]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    return folder


def reached(folder: Path, routes: Mapping[str, str]) -> Path:
    """Copy the sample district; the contacts of some units get other routes."""
    shutil.copytree(SAMPLE, folder)
    path = folder / "contacts.yaml"
    text = path.read_text("utf-8")
    for unit, reach in routes.items():
        text = text.replace(f'chat: "#{unit}"', f"reach: {reach}")
    path.write_text(text, "utf-8")
    return folder


def one_person(folder: Path, unit: str, *, also: str) -> Path:
    """Copy the sample district; one unit's contact is also, in a second row, that of another."""
    shutil.copytree(SAMPLE, folder)
    path = folder / "contacts.yaml"
    text = path.read_text("utf-8")
    text = text.replace(f'{also}联系人, chat: "#{also}"', f'{unit}联系人, chat: "#{unit}"')
    path.write_text(text, "utf-8")
    return folder
