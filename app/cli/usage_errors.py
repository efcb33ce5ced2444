"""Prints a usage error as one Chinese line, which ends with the command to get help."""

import sys
from typing import Any, cast

import typer
from typer.core import TyperGroup

from app.server.errors import WRONG_CALL
from junheng import wording
from junheng.wording.operations.command import CommandWords

# click's UsageError, the base class of usage errors; typer exports only its subclass BadParameter.
WrongCall = cast("type[Exception]", typer.BadParameter.__mro__[1])


class OneLineGroup(TyperGroup):
    """A command group that prints a usage error in one line and exits with 2."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        if not named.get("standalone_mode", True):
            return super().main(*arguments, **named)
        try:
            result = super().main(*arguments, **{**named, "standalone_mode": False})
        except WrongCall as error:
            typer.echo(sentence(error), err=True)
            sys.exit(WRONG_CALL)
        except typer.Abort:
            sys.exit(1)
        sys.exit(result if isinstance(result, int) else 0)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            unknown = wording.packaged().command.no_such_command
            raise typer.BadParameter(unknown.format(name=args[0]), ctx)
        return super().resolve_command(ctx, args)


def sentence(error: Any) -> str:
    """Return a usage error and the command to get help, in one line."""
    command = error.ctx.command_path if error.ctx else "junheng"
    words = wording.packaged().command
    line = words.usage.format(mistake=_mistake(error, words), command=command)
    return " ".join(line.split("\n"))


def _mistake(error: Any, words: CommandWords) -> str:
    # typer does not export these classes, so they are matched by name.
    match type(error).__name__:
        case "NoSuchOption":
            return words.no_such_option.format(name=error.option_name)
        case "BadOptionUsage":
            return words.no_value.format(name=error.option_name)
        case "MissingParameter":
            return words.missing.format(name=error.param.opts[0], help=error.param.help)
        case "BadParameter" if error.param is not None:
            return words.wrong_value.format(name=error.param.opts[0], help=error.param.help)
        case "BadParameter":
            return str(error.message)
        case _:
            # The plain UsageError: no command was given, or too many arguments.
            is_group = isinstance(error.ctx and error.ctx.command, TyperGroup)
            return words.no_command if is_group else words.too_many
