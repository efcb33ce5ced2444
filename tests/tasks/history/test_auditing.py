"""`audit verify`: finds every change of the ledger or its history made outside the program."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import NullPool, create_engine
from sqlmodel import SQLModel
from typer.testing import CliRunner, Result

from app.cli.app import app
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from tasks.history import auditing
from tasks.ledger import acts
from tests.tasks.ledgers import REFERENCE, TUESDAY, act, hand_over

OTHER = "370405-2025-0002"
CLOSED_TO = "2025-11-28"


def verify(*words: str) -> Result:
    return CliRunner().invoke(app, ["audit", "verify", *words])


def by_hand(statement: str, *values: object) -> None:
    """Change the database with a database tool, without constraints."""
    opened = create_engine(bootstrap.settings().database, poolclass=NullPool)
    is_postgresql = opened.dialect.name == "postgresql"
    with opened.begin() as connection:
        if is_postgresql:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        driven = statement.replace("?", "%s") if is_postgresql else statement
        connection.exec_driver_sql(driven, values)


@pytest.fixture
def _two() -> None:
    """Hand over two remediations, one with supporting units, one with milestones."""
    hand_over(supporting=("区财政局", "区编办"))
    hand_over("R4", reference=OTHER, unit="3370405002")
    act(Move.RECEIPT)


pytestmark = pytest.mark.usefixtures("_two")


def breaks() -> tuple[str, ...]:
    return auditing.verify().breaks


class TestCommand:
    def test_a_sound_ledger_shows_its_counts_and_its_head(self) -> None:
        result = verify()

        assert result.exit_code == 0
        audited = auditing.verify()
        assert result.stdout == (f"历史记录 8 条，整改事项 2 项，链头 {audited.head}；核查无误。\n")

    def test_the_head_of_an_earlier_report_is_accepted(self) -> None:
        printed = auditing.verify().head
        acts.act(REFERENCE, _start(), now=clock.now())

        assert auditing.verify().head != printed
        assert verify("--head", printed[:16]).exit_code == 0
        assert verify("--head", f" {printed.upper()} ").exit_code == 0

    def test_each_break_is_one_line_and_the_exit_status_is_1(self) -> None:
        by_hand("UPDATE remediation SET due_on = ? WHERE reference = ?", CLOSED_TO, REFERENCE)
        by_hand("UPDATE event SET reason = '已办' WHERE sequence = 3")

        result = verify()

        assert result.exit_code == 1
        changed, differs, summary = result.stdout.splitlines()
        assert "第 3 号内容被改动" in changed
        assert differs.startswith(f"{REFERENCE} 的“整改期限”现在是“{CLOSED_TO}”")
        assert "不符之处 2 处" in summary
        assert result.stderr == ""

    @pytest.mark.parametrize("head", ["0f3a", "不是链头", "0123456789abcdeg"])
    def test_an_invalid_head_is_a_usage_error(self, head: str) -> None:
        result = verify("--head", head)

        assert result.exit_code == 2
        assert "--head 写的不对" in result.stderr

    @pytest.mark.sqlite_file
    def test_writes_nothing(self) -> None:
        path = bootstrap.settings().home / "junheng.db"
        with closing(sqlite3.connect(path)) as connection:
            before = list(connection.iterdump())

        verify()

        with closing(sqlite3.connect(path)) as connection:
            assert list(connection.iterdump()) == before


def _start() -> Act:
    return Act(Move.START, "张三", TUESDAY)


class TestHistory:
    def test_a_deleted_event_is_found(self) -> None:
        by_hand("DELETE FROM event WHERE sequence = 4")

        (line,) = breaks()
        assert "第 5 号与上一号不连续" in line

    def test_a_truncated_chain_is_found_by_the_row_of_its_last_event(self) -> None:
        by_hand("DELETE FROM event WHERE sequence = 8")

        assert any("的“现状”现在是“receipted”" in line for line in breaks())

    def test_a_chain_truncated_with_its_row_is_found_only_by_the_head(self) -> None:
        printed = auditing.verify().head
        acts.act(REFERENCE, _start(), now=clock.now())
        later = auditing.verify().head
        by_hand("DELETE FROM event WHERE sequence = 9")
        by_hand("UPDATE remediation SET status = 'receipted' WHERE reference = ?", REFERENCE)

        assert auditing.verify().breaks == ()
        assert auditing.verify(printed).breaks == ()
        (line,) = auditing.verify(later[:16]).breaks
        assert f"到第 8 号为止，其中没有链头 {later[:16]}" in line

    def test_an_emptied_database_is_found_by_the_printed_head(self) -> None:
        printed = auditing.verify().head
        for table in ("remediation_part", "milestone", "remediation", "event"):
            by_hand(f"DELETE FROM {table}")  # noqa: S608

        assert auditing.verify().breaks == ()
        (line,) = auditing.verify(printed).breaks
        assert "到第 0 号为止" in line

    def test_an_event_moved_to_another_district_is_found(self) -> None:
        by_hand("UPDATE event SET district_code = '370404' WHERE sequence = 8")

        assert any(line.startswith("区县 370404 的历史记录第 8 号") for line in breaks())

    def test_unreadable_details_are_found(self) -> None:
        by_hand("UPDATE event SET details = '{' WHERE sequence = 8")

        assert any("第 8 号的详情读不出来" in line for line in breaks())

    @pytest.mark.sqlite_file
    @pytest.mark.parametrize("value", ["CAST(x'ff0a' AS TEXT)", "x'00ff'", "70", "char(10, 27)"])
    @pytest.mark.parametrize("column", ["district_code", "reference", "reason", "hash", "sequence"])
    def test_any_changed_value_is_reported_on_one_line(self, column: str, value: str) -> None:
        by_hand(f"UPDATE event SET {column} = {value} WHERE sequence = 5")  # noqa: S608

        result = verify()

        assert result.exit_code == 1
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert all(line.isprintable() for line in result.stdout.splitlines())


class TestRows:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            # PostgreSQL enforces the types of columns; SQLite accepts any value.
            pytest.param("due_on = '到期再说'", "整改期限", marks=pytest.mark.sqlite_file),
            pytest.param("due_on = x'ff'", "整改期限", marks=pytest.mark.sqlite_file),
            ("due_on = '2025-11-10'", "整改期限"),
            ("receipted_on = NULL", "签收日期"),
            ("closed_on = '2025-11-10'", "销号日期"),
            pytest.param("items = 'x'", "未达标的学段或班级", marks=pytest.mark.sqlite_file),
            ("items = '[ ]'", "未达标的学段或班级"),
            ("status = '已经好了'", "现状"),
            pytest.param("cycle = '一'", "起算次数", marks=pytest.mark.sqlite_file),
            pytest.param("was_overridden = 2", "曾由复核人决定销号", marks=pytest.mark.sqlite_file),
            ("was_overridden = true", "曾由复核人决定销号"),
            ("evaluation_id = 1", "所依据的评估"),
            pytest.param("progress = CAST(x'ff0a' AS TEXT)", "进展", marks=pytest.mark.sqlite_file),
        ],
    )
    def test_any_changed_value_of_a_row_is_reported(self, change: str, field: str) -> None:
        by_hand(f"UPDATE remediation SET {change} WHERE reference = ?", REFERENCE)  # noqa: S608

        result = verify()

        assert result.exit_code == 1
        line, _ = result.stdout.splitlines()
        assert line.startswith(f"{REFERENCE} 的“{field}”现在是“")

    def test_the_ledger_list_names_an_unknown_status(self) -> None:
        by_hand("UPDATE remediation SET status = '已经好了' WHERE reference = ?", REFERENCE)

        result = CliRunner().invoke(app, ["ledger"])

        assert (result.exit_code, result.stdout) == (2, "")
        assert "“已经好了”，本程序只认识 drafted、signed_off" in result.stderr

    def test_a_deleted_changed_or_moved_part_is_found(self) -> None:
        by_hand("UPDATE remediation_part SET due_on = ? WHERE unit = '区编办'", CLOSED_TO)
        assert "第2个配合单位的“整改期限”" in breaks()[0]

        by_hand("UPDATE remediation_part SET remediation_id = 99 WHERE unit = '区编办'")
        stray, counted = sorted(breaks(), reverse=True)
        assert "有配合单位属于内部编号 99 的整改事项" in stray
        assert f"{REFERENCE} 的配合单位现有 1 个，历史记录第 8 号写的是 2 个" in counted

    def test_a_postponed_milestone_is_found(self) -> None:
        by_hand("UPDATE milestone SET due_on = '2027-01-04' WHERE position = 2")

        (line,) = breaks()
        assert line.startswith(f"{OTHER} 的第2个节点的“整改期限”现在是“2027-01-04”")

    def test_a_deleted_row_is_found(self) -> None:
        by_hand("DELETE FROM milestone")
        by_hand("DELETE FROM remediation_part WHERE remediation_id = 2")
        by_hand("DELETE FROM remediation WHERE reference = ?", OTHER)

        (line,) = breaks()
        assert line.startswith(f"{OTHER} 在历史记录里")

    def test_a_row_with_another_reference_is_found_as_missing_and_unrecorded(self) -> None:
        by_hand("UPDATE remediation SET reference = '370405-2025-0099' WHERE id = 1")

        untold, gone = sorted(breaks(), reverse=True)
        assert untold.startswith("370405-2025-0099 在台账里，历史记录里却从未有过")
        assert gone.startswith(f"{REFERENCE} 在历史记录里")

    def test_two_rows_with_swapped_ids_are_found(self) -> None:
        for before, after in ((1, 99), (2, 1), (99, 2)):
            by_hand("UPDATE remediation SET id = ? WHERE id = ?", after, before)

        assert any("的“内部编号”现在是“2”" in line for line in breaks())


def test_every_field_of_a_break_has_a_chinese_name() -> None:
    columns = {
        column.name
        for table in ("remediation", "remediation_part", "milestone")
        for column in SQLModel.metadata.tables[table].c
    }

    named = set(type(bootstrap.rulebook().wording.audit.fields).model_fields)
    assert named == columns - {"district_code", "remediation_id"}
