"""Produces two years of an office's work with the code of the current version.

The rounds run in Prefect, everything else runs by the command. Left open on purpose: a sign-off
without an answer, and two failed runs.
"""

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner

from app.cli.app import app
from tests.app.server.an_office import RunningOffice
from tests.upgrades import small_submissions

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
USER, PASSWORD = "张三", "旧版本-2025"
# Mondays, and Wednesday 3 December 2025, on which the recurring duties of the year's end open.
IN_2024, IN_2025, CORRECTED, LAST_DAY = "2024-10-21", "2025-10-20", "2025-12-01", "2025-12-03"
OFFICE = ("--by", "李四", "--approved-by", "王主任")


class WentWrong(Exception):
    """We cannot continue, because a command or run of the old version failed."""


def run(*words: str, stdin: str = "") -> str:
    """Run a command and return its standard output; raises WentWrong."""
    result = CliRunner().invoke(app, words, input=stdin)
    if result.exit_code != 0:
        raise WentWrong(f"{' '.join(words)}: {result.stderr}")
    return result.stdout


def live(home: Path) -> None:
    """Run the two years in a home, which must also be the JUNHENG_HOME of this process."""
    small_submissions.make_2024(home / "inbox" / "2024")
    small_submissions.make_2025(home / "inbox" / "2025")
    with RunningOffice(home, longest_seconds=900) as office:
        _round(office, IN_2024, leave_out="T25")
        _work_in_2024(home)
        _round(office, IN_2025)
        _work_in_2025()
        small_submissions.correct_2025(home / "inbox" / "2025")
        _do(office, "recheck", year=2025, on=CORRECTED, by="王五", reason="四所学校更正了报表")
        _do(office, "daily-chase", on=LAST_DAY)
        _do(office, "nightly-audit")
        _fail(office, home)
        _wait_for_alarms(home)
    run("users", "add", USER, stdin=f"{PASSWORD}\n")


def _do(office: RunningOffice, work: str, **parameters: object) -> None:
    _must_end(office, office.start(work, **parameters), "COMPLETED")


def _must_end(office: RunningOffice, run_id: str, expected: str) -> None:
    state = office.end_of(run_id)
    if state["type"] != expected:
        raise WentWrong(f"{run_id}: {state}")


def _start_round(office: RunningOffice, on: str, reason: str) -> str:
    """Start a round like the schedule, for the school year of the day and its folder."""
    parameters = {"year": None, "folder": None, "on": on, "by": "王五", "reason": reason}
    # The schedule's parameters are null, which the schema of the form does not allow.
    order = {"parameters": parameters, "enforce_parameter_schema": False}
    deployment = office.deployments()["annual-round"]
    return str(office.ask(f"/deployments/{deployment}/create_flow_run", order)["id"])


def _round(office: RunningOffice, on: str, *, leave_out: str = "") -> None:
    _must_end(office, _start_round(office, on, "年度监测"), "COMPLETED")
    left_out = [
        {"reference": reference, "reason": "待会商"}
        for (indicator, _), reference in _references().items()
        if indicator == leave_out
    ]
    _do(office, "sign-off", by="李四", on=on, leave_out=left_out)


def _references() -> Mapping[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(run("ledger", "--format", "csv", "--on", LAST_DAY)))
    return {(row["indicator"], row["unit"]): row["reference"] for row in rows}


def _remediation(word: str, reference: str, *words: str, on: str) -> None:
    run("remediation", word, reference, *words, "--on", on)


def _moves(reference: str, moves: Mapping[str, str], by: str) -> None:
    for move, on in moves.items():
        _remediation("move", reference, move, "--by", by, "--reason", "按期办理", on=on)


def _work_in_2024(home: Path) -> None:
    references = _references()
    # Reported and reviewed, but still not met by the figures of 2025.
    reported = {"receipt": "2024-10-22", "start": "2024-10-23", "report": "2024-11-12"}
    _moves(references["R3", "3370405012"], {**reported, "review": "2024-11-13"}, "区教育局赵某")
    _close_on_evidence(home, references["T10", "区环保局"], reported)
    building = references["R4", "3370405028"]
    plan = ("--by", "区教育局赵某", "--reason", "列入年度计划")
    _remediation("milestone", building, "方案批复", "--done", *plan, on="2024-11-08")
    _remediation("milestone", building, "家长座谈", "--due", "2024-12-20", *plan, on="2024-11-08")
    extended = ("--until", "2024-12-16", *OFFICE, "--reason", "编制待批")
    _remediation("extend", references["T19", "区人社局"], *extended, on="2024-11-04")
    waived = ("--until", "2026-03-31", *OFFICE, "--reason", "政策调整期间免于整改")
    _remediation("waive", references["T14", "区教育局"], *waived, on="2024-11-05")
    suspended = (*OFFICE, "--reason", "等待上级文件")
    _remediation("move", references["T05", "区教育局"], "suspend", *suspended, on="2024-11-06")
    not_ours = ("--by", "区财政局钱某", "--reason", "不属本单位职责")
    _remediation("move", references["G08", "370405"], "dispute", *not_ours, on="2024-10-24")
    upheld = ("--by", "王主任", "--reason", "职责清单已写明")
    _remediation("move", references["G08", "370405"], "uphold", *upheld, on="2024-10-25")
    closed = ("--cause", "real_gap", *OFFICE, "--reason", "现场核实已办结")
    _remediation("move", references["T13", "区教育局"], "override_close", *closed, on="2024-11-14")
    run("chase", "--on", "2024-11-19")


def _close_on_evidence(home: Path, reference: str, reported: Mapping[str, str]) -> None:
    paper = home / "整改报告.pdf"
    paper.write_bytes(PDF)
    evidence = ("--kind", "报告", "--by", "区环保局孙某", "--reason", "整改完成")
    _remediation("evidence", reference, str(paper), *evidence, on="2024-11-11")
    paper.unlink()
    _moves(reference, reported, "区环保局孙某")
    _moves(reference, {"review": "2024-11-13"}, "李四")
    closed = ("--by", "李四", "--reason", "佐证齐全", "--cause", "real_gap")
    _remediation("move", reference, "close", *closed, on="2024-11-14")


def _work_in_2025() -> None:
    references = _references()
    _moves(references["SUB", "3370405005"], {"receipt": "2025-10-22"}, "区教育局赵某")
    extension = ("--until", "2025-12-19", "--by", "区教育局赵某", "--reason", "采购周期")
    _remediation("extend", references["R2", "3370405026"], *extension, on="2025-10-28")
    run("chase", "--on", "2025-11-18")


def _fail(office: RunningOffice, home: Path) -> None:
    """Let two rounds fail: one has no folder, one cannot write its report after the evaluation."""
    inbox, away = home / "inbox" / "2025", home / "inbox" / "2025.away"
    inbox.rename(away)
    _must_end(office, _start_round(office, LAST_DAY, "核对更正"), "FAILED")
    away.rename(inbox)
    reports, away = home / "reports", home / "reports.away"
    reports.rename(away)
    reports.write_text("", "utf-8")
    _must_end(office, _start_round(office, LAST_DAY, "重新出具报告"), "FAILED")
    reports.unlink()
    away.rename(reports)


def _wait_for_alarms(home: Path) -> None:
    """Wait until both alarms are in the outbox."""
    alarms = home / "outbox" / "alarms.txt"
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if alarms.exists() and len(alarms.read_text("utf-8").splitlines()) == 2:
            return
        time.sleep(1)
    raise WentWrong("the alarms were not sent")
