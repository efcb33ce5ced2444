"""Snapshots: remediations as an event keeps them, and read back from it."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from junheng.domain.ledger.remediation import Remediation

_REMEDIATION = TypeAdapter(Remediation)


def snapshot(remediation: Remediation) -> dict[str, object]:
    """Return a remediation as an event keeps it: plain values, dates as text."""
    values: dict[str, object] = _REMEDIATION.dump_python(remediation, mode="json")
    return values


def of_snapshot(values: Mapping[str, object]) -> Remediation:
    """Return the remediation of a snapshot.

    What an older snapshot does not say yet is as it is by default; what it says besides is left.
    """
    return _REMEDIATION.validate_python(dict(values))
