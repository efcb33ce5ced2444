"""The failure message of a run: one sentence, which is the last line of its log."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from prefect.client.schemas.objects import State
from prefect.states import Failed

from junheng import bootstrap
from junheng.bootstrap import SettingsUnusable
from junheng.refusals import Refusal
from junheng.rulebook import RulebookUnusable
from tasks.steps.steps import LedgerBroken

P = ParamSpec("P")


def in_words(run: Callable[P, None]) -> Callable[P, State[Any] | None]:
    """Make a flow fail with the sentence of a refusal; other exceptions keep their traceback."""

    @wraps(run)
    def run_to_state(*arguments: P.args, **keywords: P.kwargs) -> State[Any] | None:
        try:
            run(*arguments, **keywords)
        except Refusal as error:
            return Failed(data=error, message=_message(error))
        return None

    return run_to_state


def _message(error: Refusal) -> str:
    """Return the cause, the kept results and what to do, in one sentence."""
    cause = error.sentence
    # An audit keeps no results, and its own sentence says what to do.
    if isinstance(error, LedgerBroken):
        return cause
    try:
        sentence = bootstrap.rulebook().wording.runs.ended
    except (RulebookUnusable, SettingsUnusable):
        # The configuration is the cause of the failure: its own sentence says where.
        return cause
    return sentence.format(what=cause.rstrip("。"))
