"""What every deployed flow has: a form, a lock while its process lives, an end in one sentence."""

import inspect
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import MISSING, fields
from functools import wraps
from typing import Any, TypeAlias, TypeVar, get_type_hints

from prefect import Flow, flow

from junheng.domain.typed_text import storable_content
from tasks.operations import rehearsals
from tasks.steps import forms
from tasks.steps.failure_message import in_words
from tasks.steps.hooks import watched

Asked = TypeVar("Asked")
DeployedFlow: TypeAlias = Flow[..., Any]


def deployed(name: str, *, description: str) -> Callable[[Callable[[Asked], None]], DeployedFlow]:
    """Make a function a flow that Prefect deploys: its one argument says what its form asks for.

    The form is a dataclass with a field for each place, which is written as in `forms`. Where it
    has a district or a dry run, the flow runs in that district, or keeps nothing.
    """

    def made(body: Callable[[Asked], None]) -> DeployedFlow:
        (form,) = (hint for place, hint in get_type_hints(body).items() if place != "return")

        @wraps(body)
        def run(**filled_in: Any) -> None:
            asked = form(**storable_content(filled_in))
            with ExitStack() as until_done:
                until_done.enter_context(forms.of_district(getattr(asked, "district", None)))
                is_dry = getattr(asked, "dry_run", False)
                until_done.enter_context(rehearsals.rehearsed(dry_run=is_dry))
                body(asked)

        run.__signature__ = _places(form)  # type: ignore[attr-defined]
        made_flow: DeployedFlow = flow(name=name, description=description, log_prints=False)(
            in_words(run)
        )
        return watched(forms.as_form(made_flow))

    return made


def _places(form: Any) -> inspect.Signature:
    """Return the parameters of a flow: a field of its form each."""
    hints = get_type_hints(form, include_extras=True)
    return inspect.Signature(
        [
            inspect.Parameter(
                place.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if place.default is MISSING else place.default,
                annotation=hints[place.name],
            )
            for place in fields(form)
        ]
    )
