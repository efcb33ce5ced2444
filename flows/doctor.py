"""The command that checks a machine: what is missing, and what to do."""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime

import typer

from flows.errors import refusals
from flows.formats import Format
from flows.options import How
from flows.quiet import quiet
from junheng.domain.checkups import Found

COLUMNS = ("check", "is_well", "said")
MARKS = {True: "✔", False: "✘"}
MISSING = 1
FREE = "端口 {port} 没有被占用，junheng up 可以启动"
OURS = "Prefect 正在端口 {port} 运行"
TAKEN = "端口 {port} 被别的程序占用；请结束它，或用 JUNHENG_PREFECT_PORT 换一个端口"


def doctor(how: How = Format.TABLE) -> None:
    """检查这台机器：缺什么、该怎么办；都正常时退出码 0，否则 1。"""
    from flows import clock

    quiet()
    found = list(_found(clock.now()))
    if how is Format.CSV:
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows((name, str(one.is_well).lower(), one.said) for name, one in found)
    else:
        for name, one in found:
            typer.echo(f"{MARKS[one.is_well]} {name}：{one.said}")
    if not all(one.is_well for _, one in found):
        sys.exit(MISSING)


def _found(now: datetime) -> Iterator[tuple[str, Found]]:
    from tasks.doctor import CHECKS

    for name, check in (*CHECKS, ("Prefect", _prefect)):
        try:
            yield name, check(now)
        except refusals() as error:
            yield name, Found(is_well=False, said=str(error.args[0]))


def _prefect(_now: datetime) -> Found:
    from flows.server import PrefectNotRunning, PrefectServer, port

    try:
        server = PrefectServer(port())
    except PrefectNotRunning as error:
        return Found(is_well=False, said=str(error))
    if server.is_port_free():
        return Found(is_well=True, said=FREE.format(port=server.port))
    is_ours = server.is_healthy()
    return Found(is_well=is_ours, said=(OURS if is_ours else TAKEN).format(port=server.port))
