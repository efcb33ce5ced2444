"""How a run ends that cannot do its work: in one sentence, which is the last line of its log."""

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
    """Let a flow fail with what a refusal says; a bug still shows itself whole."""

    @wraps(run)
    def ended(*arguments: P.args, **named: P.kwargs) -> State[Any] | None:
        try:
            run(*arguments, **named)
        except Refusal as error:
            return Failed(data=error, message=_said(error))
        return None

    return ended


def _said(error: Refusal) -> str:
    """Return what happened, what was kept and what to do, in one sentence."""
    happened = error.sentence
    # An audit keeps nothing, and its own sentence says what to do.
    if isinstance(error, LedgerBroken):
        return happened
    try:
        sentence = bootstrap.rulebook().wording.runs.ended
    except (RulebookUnusable, SettingsUnusable):
        # That very thing is what is wrong: its own sentence says where.
        return happened
    return sentence.format(what=happened.rstrip("。"))
