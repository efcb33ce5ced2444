"""Snapshots: remediations read back from what an event says they had become."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from junheng.domain.ledger.remediation import Remediation

_REMEDIATION = TypeAdapter(Remediation)


def of_snapshot(values: Mapping[str, object]) -> Remediation:
    """Return the remediation of a snapshot, the reverse of `remediation.snapshot`.

    What an older snapshot does not say yet is as it is by default; what it says besides is left.
    """
    return _REMEDIATION.validate_python(dict(values))
