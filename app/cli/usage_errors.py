"""A wrong call of the command, said in one Chinese line that ends with where its use is told."""

import sys
from typing import Any, cast

import typer
from typer.core import TyperGroup

from app.server.errors import WRONG_CALL

# The ancestor of every wrong call; typer hands on only this child of it.
WrongCall = cast("type[Exception]", typer.BadParameter.__mro__[1])

NO_COMMAND = "没有写要做什么"
NO_SUCH_COMMAND = "没有“{name}”这个命令"
NO_SUCH_OPTION = "没有 {name} 这个选项"
NO_VALUE = "{name} 后面没有写值"
MISSING = "缺少 {name}（{help}）"
WRONG_VALUE = "{name} 写的不对（{help}）"
TOO_MANY = "多写了参数，或者参数里的空格没有加引号"
WHERE_TOLD = "{said}；用法见 {command} --help"


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
            raise typer.BadParameter(NO_SUCH_COMMAND.format(name=args[0]), ctx)
        return super().resolve_command(ctx, args)


def sentence(error: Any) -> str:
    """Return what is wrong with a call, and where its use is told, in one line."""
    command = error.ctx.command_path if error.ctx else "junheng"
    return " ".join(WHERE_TOLD.format(said=_said(error), command=command).split("\n"))


def _said(error: Any) -> str:
    # The classes are typer's own and not handed on: they are told by their names.
    match type(error).__name__:
        case "NoSuchOption":
            return NO_SUCH_OPTION.format(name=error.option_name)
        case "BadOptionUsage":
            return NO_VALUE.format(name=error.option_name)
        case "MissingParameter":
            return MISSING.format(name=error.param.opts[0], help=error.param.help)
        case "BadParameter" if error.param is not None:
            return WRONG_VALUE.format(name=error.param.opts[0], help=error.param.help)
        case "BadParameter":
            return str(error.message)
        case _:
            # It has no name of its own: no command at all, or an argument too many.
            is_group = isinstance(error.ctx and error.ctx.command, TyperGroup)
            return NO_COMMAND if is_group else TOO_MANY
