"""What a sign-off shows in the Prefect UI: what would be handed over, then what was."""

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
    """Put a sign-off up: vetoes first, by lead; return how to answer it as long as nobody has."""
    rulebook = bootstrap.rulebook()
    one, listed = sign_off_items.items(number)
    columns = rulebook.wording.sign_off.columns.show
    rows = [
        dict(zip(columns, sign_off_items.row(item, rulebook, today), strict=True))
        for item in listed[:MOST_ROWS]
    ]
    # What a rehearsal asks is thrown away with it: nobody can answer.
    is_answerable = one.is_asked and not rehearsals.is_on()
    how = (_how(one),) if is_answerable else ()
    lines = [sign_off_items.title(one, listed), *how]
    if len(listed) > MOST_ROWS:
        capped = rulebook.wording.artifacts.capped
        command = f"junheng sign-off show {number}"
        lines.append(capped.format(shown=MOST_ROWS, all=len(listed), command=command))
    key, title = artifacts.named(f"sign-off-{number}", "\n\n".join(lines))
    create_table_artifact(key=key, table=rows, description=title)
    return how


def _how(one: SignOff) -> str:
    """Return where it is answered: by a link to the form, or by the name where none is known."""
    wording, address = bootstrap.rulebook().wording.sign_off, _form(one)
    named = {"number": one.number, "deployment": DEPLOYMENT}
    if address is None:
        return wording.how_by_name.format(**named)
    return wording.how.format(address=address, **named)


def _form(one: SignOff) -> str | None:
    """Return the address of the form, filled in with the number; None where nothing is deployed."""
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(DEPLOYMENT)
        except ObjectNotFound:
            return None
    page = url_for("deployment", deployment.id)
    known = quote(json.dumps({"number": one.number}))
    return None if page is None else f"{page}/run?parameters={known}"
