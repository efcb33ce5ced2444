"""Removes the sample deployment from Prefect when the database has real data."""

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from tasks.intake import samples

SAMPLE_ROUND = "sample-round"


def withdraw() -> None:
    """Remove the sample deployment if it must not be run any more; idempotent."""
    if not samples.may_be_shown():
        _remove()


def _remove() -> None:
    with get_client(sync_client=True) as client:
        try:
            found = client.read_deployment_by_name(f"{SAMPLE_ROUND}/{SAMPLE_ROUND}")
        except ObjectNotFound:
            return
        client.delete_deployment(found.id)
