"""Takes the sample's deployment out of Prefect once real reports have come in."""

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from tasks.intake import samples

SAMPLE_ROUND = "sample-round"


def withdraw() -> None:
    """Remove the deployment of the sample where it may no longer be run; again, and it is gone."""
    if not samples.may_be_shown():
        _remove()


def _remove() -> None:
    with get_client(sync_client=True) as client:
        try:
            found = client.read_deployment_by_name(f"{SAMPLE_ROUND}/{SAMPLE_ROUND}")
        except ObjectNotFound:
            return
        client.delete_deployment(found.id)
