"""The bundled sample data: its folder, the schools on its registers, the hashes of its files."""

import csv
import hashlib
from functools import cache

from junheng.domain.intake import register
from junheng.domain.intake.sample_data import SampleSchool
from junheng.domain.intake.school_identity import CODE_LABEL, NAME_LABEL
from junheng.settings import PROJECT_ROOT

SAMPLES = PROJECT_ROOT / "samples"


@cache
def schools() -> frozenset[SampleSchool]:
    """Return the code and name of each school of the sample, of every bundled year."""
    found = set()
    for path in SAMPLES.glob(f"*/{register.TITLE}.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {(row[CODE_LABEL], row[NAME_LABEL]) for row in csv.DictReader(file)}
    return frozenset(found)


@cache
def hashes() -> frozenset[str]:
    """Return the SHA-256 of each non-empty file of the sample."""
    contents = (path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file())
    return frozenset(hashlib.sha256(content).hexdigest() for content in contents if content)
