"""Whoever changes what a verdict depends on says whether verdicts change: by JUDGING_VERSION."""

import ast
import hashlib
import inspect
from collections.abc import Iterable

from junheng.domain import known_answers
from junheng.domain.judging import (
    coefficients,
    composite,
    distances,
    district_frames,
    findings,
    frames,
    stages,
    thresholds,
)
from junheng.domain.standard import applicability
from junheng.domain.standard.measures import answers, guarantees, quality, registry, resources

JUDGED_BY = (
    *(known_answers, registry, resources, guarantees, quality, answers),
    *(
        coefficients,
        composite,
        stages,
        applicability,
        thresholds,
        frames,
        district_frames,
        findings,
        distances,
    ),
)
# What the code of each version comes to. Where the code changes and no verdict can, put the new
# hash in the place of the old; where a verdict can change, raise JUDGING_VERSION and add a row.
FINGERPRINTS = {1: "638f030a172cd16f6c9dab3c8811a9e738b72d8dc872d753d8ff9802afa37dcf"}


def test_code_that_judges_otherwise_has_a_version_of_its_own() -> None:
    found = fingerprint(inspect.getsource(module) for module in JUDGED_BY)

    assert FINGERPRINTS[thresholds.JUDGING_VERSION] == found


def test_a_fingerprint_leaves_out_names_of_modules_and_docstrings() -> None:
    before = '"""Says."""\nfrom a import b\ndef f(x):\n    """Doc."""\n    return b.of(x)\n'
    moved = '"""Tells."""\nfrom c.a import b\ndef f(x):\n    return b.of(x)  # note\n'
    changed = before.replace("b.of(x)", "b.of(x + 1)")

    assert fingerprint([before]) == fingerprint([moved])
    assert fingerprint([before]) != fingerprint([changed])


def fingerprint(sources: Iterable[str]) -> str:
    """Return one hash of what modules do, without what they import and say."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(repr(_shape(ast.parse(source))).encode())
    return digest.hexdigest()


def _shape(part: object) -> object:
    """Return a part of the code as nested lists, the same for every version of Python."""
    if isinstance(part, list):
        return [_shape(one) for one in part if not _only_says(one)]
    if not isinstance(part, ast.AST):
        return part
    # Newer versions have more fields; one that is empty says nothing.
    filled = [(name, value) for name, value in ast.iter_fields(part) if value not in (None, [])]
    return [type(part).__name__, *((name, _shape(value)) for name, value in filled)]


def _only_says(part: object) -> bool:
    is_docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return is_docstring or isinstance(part, ast.Import | ast.ImportFrom)
