"""The artifact of a sign-off in the Prefect UI: its remediations, and how to answer."""

import json
from datetime import date
from urllib.parse import quote

from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.utilities.urls import url_for

from junheng import bootstrap
from junheng.domain.ledger.sign_offs import SignOff
from tasks.ledger import sign_off_items
from tasks.operations import rehearsals
from tasks.steps import artifacts
from tasks.steps.artifacts import MOST_ROWS

DEPLOYMENT = "sign-off/sign-off"


def show(number: int, today: date) -> tuple[str, ...]:
    """Publish a sign-off, vetoes first, then by lead; return how to answer it if it is open."""
    rulebook = bootstrap.rulebook()
    sign_off, listed = sign_off_items.items(number)
    columns = rulebook.wording.sign_off.columns.show
    rows = [
        dict(zip(columns, sign_off_items.row(item, rulebook, today), strict=True))
        for item in listed[:MOST_ROWS]
    ]
    # The request of a dry run is discarded with its database and cannot be answered.
    is_answerable = sign_off.is_asked and not rehearsals.is_on()
    how = (_how(sign_off),) if is_answerable else ()
    lines = [sign_off_items.title(sign_off, listed), *how]
    if len(listed) > MOST_ROWS:
        capped = rulebook.wording.artifacts.capped
        command = f"junheng sign-off show {number}"
        lines.append(capped.format(shown=MOST_ROWS, all=len(listed), command=command))
    key, title = artifacts.named(f"sign-off-{number}", "\n\n".join(lines))
    create_table_artifact(key=key, table=rows, description=title)
    return how


def _how(sign_off: SignOff) -> str:
    """Return how to answer: a link to the form, or the deployment's name if there is no link."""
    wording, address = bootstrap.rulebook().wording.sign_off, _form(sign_off)
    values = {"number": sign_off.number, "deployment": DEPLOYMENT}
    if address is None:
        return wording.how_by_name.format(**values)
    return wording.how.format(address=address, **values)


def _form(sign_off: SignOff) -> str | None:
    """Return the URL of the form with the number filled in; None without a deployment."""
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            return None
    page = url_for("deployment", deployment.id)
    parameters = quote(json.dumps({"number": sign_off.number}))
    return None if page is None else f"{page}/run?parameters={parameters}"
