"""How a run ends that cannot do its work: in one sentence, which is the last line of its log."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.errors import refusals
from tasks.steps import CardsRefused, CardsStillOwed

P = ParamSpec("P")
EXPECTED: tuple[type[Exception], ...] = (*refusals(), CardsRefused, CardsStillOwed)


def in_words(run: Callable[P, None]) -> Callable[P, State[Any] | None]:
    """Let a flow fail with what a refusal says; a bug still shows itself whole."""

    @wraps(run)
    def ended(*arguments: P.args, **named: P.kwargs) -> State[Any] | None:
        try:
            run(*arguments, **named)
        except EXPECTED as error:
            return Failed(data=error, message=str(error.args[0]))
        return None

    return ended
