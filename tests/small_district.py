"""A district of six sample schools, small enough to run a whole round in a second."""

import shutil
from pathlib import Path

from junheng.settings import PROJECT_ROOT

SAMPLE = PROJECT_ROOT / "samples" / "2025"
CODES = ("3370405001", "3370405005", "3370405006", "3370405034", "3370405051", "3370405053")


def make(folder: Path) -> Path:
    """Copy six schools, their register and every department; two faulty, one missing."""
    (folder / "schools").mkdir(parents=True)
    shutil.copytree(SAMPLE / "departments", folder / "departments")
    for path in (SAMPLE / "schools").iterdir():
        if path.name.startswith(CODES):
            shutil.copy2(path, folder / "schools")
    header, *rows = (SAMPLE / "学校名录.csv").read_text("utf-8-sig").splitlines()
    kept = [header, *(row for row in rows if row.startswith(CODES))]
    (folder / "学校名录.csv").write_text("\n".join(kept), "utf-8")
    return folder
