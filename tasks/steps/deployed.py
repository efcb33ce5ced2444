"""The decorator of deployed flows: a form, a lock file, a failure message in one sentence."""

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

Form = TypeVar("Form")
DeployedFlow: TypeAlias = Flow[..., Any]


def deployed(name: str, *, description: str) -> Callable[[Callable[[Form], None]], DeployedFlow]:
    """Make a function a deployed flow; the type of its one argument is the form of its parameters.

    The form is a dataclass with a field for each parameter, written as in `forms`. With a field
    `district`, the flow runs for that district; with `dry_run`, it stores nothing.
    """

    def made(body: Callable[[Form], None]) -> DeployedFlow:
        (form,) = (hint for name, hint in get_type_hints(body).items() if name != "return")

        @wraps(body)
        def run(**filled_in: Any) -> None:
            filled_form = form(**storable_content(filled_in))
            with ExitStack() as until_done:
                until_done.enter_context(forms.of_district(getattr(filled_form, "district", None)))
                is_dry = getattr(filled_form, "dry_run", False)
                until_done.enter_context(rehearsals.rehearsed(dry_run=is_dry))
                body(filled_form)

        run.__signature__ = _signature(form)  # type: ignore[attr-defined]
        made_flow: DeployedFlow = flow(name=name, description=description, log_prints=False)(
            in_words(run)
        )
        return watched(forms.as_form(made_flow))

    return made


def _signature(form: Any) -> inspect.Signature:
    """Return the signature of a flow: one parameter for each field of its form."""
    hints = get_type_hints(form, include_extras=True)
    return inspect.Signature(
        [
            inspect.Parameter(
                form_field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty
                if form_field.default is MISSING
                else form_field.default,
                annotation=hints[form_field.name],
            )
            for form_field in fields(form)
        ]
    )
