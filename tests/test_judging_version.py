"""Judging code has a version and a fingerprint: a change must update one of them."""

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
# The hash of the code of each version. If a change cannot affect verdicts, replace the hash; if it
# can, increase JUDGING_VERSION and add a row.
FINGERPRINTS = {1: "638f030a172cd16f6c9dab3c8811a9e738b72d8dc872d753d8ff9802afa37dcf"}


def test_the_fingerprint_of_judging_code_belongs_to_its_version() -> None:
    found = fingerprint(inspect.getsource(module) for module in JUDGED_BY)

    assert FINGERPRINTS[thresholds.JUDGING_VERSION] == found


def test_a_fingerprint_ignores_imports_docstrings_and_comments() -> None:
    before = '"""Says."""\nfrom a import b\ndef f(x):\n    """Doc."""\n    return b.of(x)\n'
    moved = '"""Tells."""\nfrom c.a import b\ndef f(x):\n    return b.of(x)  # note\n'
    changed = before.replace("b.of(x)", "b.of(x + 1)")

    assert fingerprint([before]) == fingerprint([moved])
    assert fingerprint([before]) != fingerprint([changed])


def fingerprint(sources: Iterable[str]) -> str:
    """Return one hash of the code of modules, without imports and docstrings."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(repr(_shape(ast.parse(source))).encode())
    return digest.hexdigest()


def _shape(part: object) -> object:
    """Return a part of the syntax tree as nested lists, the same for every version of Python."""
    if isinstance(part, list):
        return [_shape(node) for node in part if not _is_ignored(node)]
    if not isinstance(part, ast.AST):
        return part
    # Newer Python versions have more fields; empty ones are left out.
    filled = [(name, value) for name, value in ast.iter_fields(part) if value not in (None, [])]
    return [type(part).__name__, *((name, _shape(value)) for name, value in filled)]


def _is_ignored(part: object) -> bool:
    is_docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return is_docstring or isinstance(part, ast.Import | ast.ImportFrom)
