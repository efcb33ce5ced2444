"""Prints a usage error in one Chinese line that ends with the command that prints the help."""

import sys
from typing import Any, cast

import typer
from typer.core import TyperGroup

from app.server.errors import WRONG_CALL
from junheng import wording
from junheng.wording.operations.command import CommandWords

# The base class of all usage errors. Typer exports only its subclass BadParameter.
UsageError = cast("type[Exception]", typer.BadParameter.__mro__[1])


class OneLineGroup(TyperGroup):
    """A group of commands that prints a usage error in one line and exits with WRONG_CALL."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        if not options.get("standalone_mode", True):
            return super().main(*arguments, **options)
        try:
            exit_code = super().main(*arguments, **{**options, "standalone_mode": False})
        except UsageError as error:
            typer.echo(error_line(error), err=True)
            sys.exit(WRONG_CALL)
        except typer.Abort:
            sys.exit(1)
        sys.exit(exit_code if isinstance(exit_code, int) else 0)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            unknown = wording.packaged().command.no_such_command
            raise typer.BadParameter(unknown.format(name=args[0]), ctx)
        return super().resolve_command(ctx, args)


def error_line(error: Any) -> str:
    """Return one line with the mistake in a call and the command that prints the help."""
    command = error.ctx.command_path if error.ctx else "junheng"
    words = wording.packaged().command
    line = words.usage.format(mistake=_mistake(error, words), command=command)
    return " ".join(line.split("\n"))


def _mistake(error: Any, words: CommandWords) -> str:
    # Typer exports only one of these classes, so they are distinguished by name.
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
            # Any other usage error: a group without a command, or too many arguments.
            is_group = isinstance(error.ctx and error.ctx.command, TyperGroup)
            return words.no_command if is_group else words.too_many
