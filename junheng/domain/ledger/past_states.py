"""Snapshots: remediations serialised for an event, and parsed again."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from junheng.domain.ledger.remediation import Remediation

_REMEDIATION = TypeAdapter(Remediation)


def snapshot(remediation: Remediation) -> dict[str, object]:
    """Return a remediation as stored in an event: plain values, dates as text."""
    values: dict[str, object] = _REMEDIATION.dump_python(remediation, mode="json")
    return values


def of_snapshot(values: Mapping[str, object]) -> Remediation:
    """Return the remediation of a snapshot.

    Fields missing in an older snapshot get their defaults; unknown fields are ignored.
    """
    return _REMEDIATION.validate_python(dict(values))
