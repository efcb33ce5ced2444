"""The commands of the machine: doctor, backup and restore."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.commands.audit import BROKEN
from app.cli.commands.doctor import doctor
from app.cli.usage_errors import OneLineGroup
from app.server.errors import clear_errors

machine = typer.Typer(cls=OneLineGroup, add_completion=False)
machine.command()(doctor)

Target = Annotated[
    Path | None,
    typer.Argument(
        help="备份写到哪个文件，如 /mnt/backup/junheng.tar.gz；不写就放进 JUNHENG_BACKUPS"
    ),
]
Keep = Annotated[
    int | None,
    typer.Option("--keep", min=1, help="写好以后，JUNHENG_BACKUPS 里只留最近几份，更早的删去"),
]
Source = Annotated[Path, typer.Argument(help="要恢复的备份文件")]
Into = Annotated[Path, typer.Option("--into", help="恢复到哪个文件夹，必须是空的或还没有的")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="JUNHENG_DATABASE_URL",
        show_envvar=False,
        help="恢复到哪个空数据库，写法同 JUNHENG_DATABASE_URL；都不写就是文件夹里的 SQLite 文件",
    ),
]


@machine.command()
def backup(target: Target = None, keep: Keep = None) -> None:
    """把数据库、保存的文件和配置备份成一个文件；运行中也可以备份。"""
    from junheng import bootstrap
    from junheng.adapters import clock
    from junheng.domain.office_days import day_of
    from tasks.operations import backups

    with clear_errors():
        wording = bootstrap.rulebook().wording.backups
        now = clock.now()
        written = backups.back_up(target, now=now, today=day_of(now))
        typer.echo(written.sentence)
        dropped = backups.drop_old(keep) if keep is not None else ()
        if dropped:
            typer.echo(wording.dropped.format(count=len(dropped), kept=keep))
    if written.manifest.breaks:
        sys.exit(BROKEN)


@machine.command()
def restore(source: Source, into: Into, database_url: DatabaseUrl = None) -> None:
    """把一份备份恢复到空的文件夹和空的数据库，逐个核对后再核查一遍（核查有不符时退出码 1）。"""
    from junheng.adapters import clock
    from tasks.operations import backups, restored_config

    # From here on, this process uses the home and the database that are being restored.
    os.environ["JUNHENG_HOME"] = str(into.absolute())
    os.environ.pop("JUNHENG_DATABASE_URL", None)
    if database_url is not None:
        os.environ["JUNHENG_DATABASE_URL"] = database_url
    with clear_errors():
        restored = backups.restore(source, now=clock.now())
        for line in (*restored.breaks, restored.sentence, *restored.of_inbox):
            typer.echo(line)
        typer.echo(restored_config.sentence(restored.home / "config"))
    if restored.breaks:
        sys.exit(BROKEN)
