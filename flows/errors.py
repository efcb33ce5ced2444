"""What cannot be done, said in one line: an expected refusal or a wrong call ends with 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from flows.quiet import quiet

WRONG_CALL = 2
HELP = "用法见 {command} --help"
SAID = {
    "MissingParameter": "缺少 {name}（{meaning}）。",
    "BadParameter": "{name} 写的不对，应为：{meaning}。",
    "NoSuchCommand": "没有“{name}”这个命令。",
    "NoSuchOption": "没有 {name} 这个选项。",
}

NO_SUCH_COMMAND = "No such command"


class OneLineGroup(TyperGroup):
    """Commands that say a wrong call in one Chinese line, where typer draws a box in English."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        is_standalone = named.get("standalone_mode", True)
        named["standalone_mode"] = False
        if not is_standalone:
            return super().main(*arguments, **named)
        try:
            ended = super().main(*arguments, **named)
        except TyperException as error:
            typer.echo(_said(error), err=True)
            sys.exit(WRONG_CALL)
        except typer.Abort:
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)


def _said(error: Any) -> str:
    """Return what is said of a wrong call; the parts of an error are the library's own."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    if kind == "NoArgsIsHelpError":
        return str(error.format_message())
    parameter = getattr(error, "param", None)
    if kind not in SAID or (kind == "BadParameter" and parameter is None):
        # Ours are sentences already; the library would put its own English before them.
        message = str(getattr(error, "message", error))
        if not message.startswith(NO_SUCH_COMMAND):
            return message
        kind = "NoSuchCommand"
    options = () if parameter is None else getattr(parameter, "opts", ())
    name = options[0] if options else _name(error)
    meaning = getattr(parameter, "help", None) or ""
    command = context.command_path if context is not None else "junheng"
    return SAID[kind].format(name=name, meaning=meaning) + HELP.format(command=command)


def _name(error: Any) -> str:
    """Return the name of a command or option that does not exist, out of the error's own words."""
    named = getattr(error, "option_name", None)
    return str(named or str(error.format_message()).partition("'")[2].partition("'")[0])


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say in one line what cannot be done, and end with 2; a bug still shows itself whole."""
    from junheng import bootstrap
    from junheng.bootstrap import HomeUnusable
    from junheng.domain.duties import DutyMissing
    from junheng.domain.workdays import CalendarMissing
    from junheng.rulebook import RulebookUnusable
    from junheng.store.failures import DatabaseUnusable
    from junheng.store.locks import AnotherSends
    from tasks.register import NothingCollected
    from tasks.remediation import NothingEvaluated
    from tasks.submissions import FolderUnusable
    from tasks.tracing import NothingToTrace

    expected = (
        HomeUnusable,
        RulebookUnusable,
        DatabaseUnusable,
        FolderUnusable,
        NothingCollected,
        NothingEvaluated,
        DutyMissing,
        CalendarMissing,
        AnotherSends,
        NothingToTrace,
    )
    quiet()
    try:
        bootstrap.prepare_home()
        yield
    except expected as error:
        typer.echo(str(error.args[0]), err=True)
        raise typer.Exit(WRONG_CALL) from error
