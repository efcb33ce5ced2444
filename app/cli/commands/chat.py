"""The command that receives button presses and forms from Slack."""

from functools import partial

import typer

from app.server.errors import clear_errors


def chat() -> None:
    """接收联系人在 Slack 卡片上的操作：签收、反馈、申请延期、不属本单位。"""
    with clear_errors():
        from app.server import chat_listener, library_folders

        library_folders.make()
        chat_listener.listen(partial(typer.echo, err=True))
