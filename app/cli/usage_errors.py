"""A wrong call of the command, said in one Chinese line that ends with where its use is told."""

import sys
from typing import Any, cast

import typer
from typer.core import TyperGroup

from app.server.errors import WRONG_CALL
from junheng import wording
from junheng.wording.operations.command import CommandWords

# The ancestor of every wrong call; typer hands on only this child of it.
WrongCall = cast("type[Exception]", typer.BadParameter.__mro__[1])


class OneLineGroup(TyperGroup):
    """The command with its sub-commands, which refuses a wrong call in one line."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        if not named.get("standalone_mode", True):
            return super().main(*arguments, **named)
        try:
            ended = super().main(*arguments, **{**named, "standalone_mode": False})
        except WrongCall as error:
            typer.echo(sentence(error), err=True)
            sys.exit(WRONG_CALL)
        except typer.Abort:
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            unknown = wording.packaged().command.no_such_command
            raise typer.BadParameter(unknown.format(name=args[0]), ctx)
        return super().resolve_command(ctx, args)


def sentence(error: Any) -> str:
    """Return what is wrong with a call, and where its use is told, in one line."""
    command = error.ctx.command_path if error.ctx else "junheng"
    words = wording.packaged().command
    line = words.usage.format(mistake=_mistake(error, words), command=command)
    return " ".join(line.split("\n"))


def _mistake(error: Any, words: CommandWords) -> str:
    # The classes are typer's own and not handed on: they are told by their names.
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
            # It has no name of its own: no command at all, or an argument too many.
            is_group = isinstance(error.ctx and error.ctx.command, TyperGroup)
            return words.no_command if is_group else words.too_many
