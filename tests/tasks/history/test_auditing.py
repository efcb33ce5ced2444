"""`audit verify`: whatever is changed in the ledger or its history behind our back is found."""

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
    """Change the database as somebody would who has a tool for it, and no regard."""
    opened = create_engine(bootstrap.settings().database, poolclass=NullPool)
    is_postgresql = opened.dialect.name == "postgresql"
    with opened.begin() as connection:
        if is_postgresql:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        driven = statement.replace("?", "%s") if is_postgresql else statement
        connection.exec_driver_sql(driven, values)


@pytest.fixture
def _two() -> None:
    """Two remediations out with their units, one with supporting units, one with milestones."""
    hand_over(supporting=("区财政局", "区编办"))
    hand_over("R4", reference=OTHER, unit="3370405002")
    act(Move.RECEIPT)


pytestmark = pytest.mark.usefixtures("_two")


def breaks() -> tuple[str, ...]:
    return auditing.verify().breaks


class TestTheCommand:
    def test_a_sound_ledger_says_how_much_there_is_and_its_head(self) -> None:
        result = verify()

        assert result.exit_code == 0
        audited = auditing.verify()
        assert result.stdout == (f"历史记录 8 条，整改事项 2 项，链头 {audited.head}；核查无误。\n")

    def test_the_head_of_any_earlier_report_is_known(self) -> None:
        printed = auditing.verify().head
        acts.act(REFERENCE, _start(), now=clock.now())

        assert auditing.verify().head != printed
        assert verify("--head", printed[:16]).exit_code == 0
        assert verify("--head", f" {printed.upper()} ").exit_code == 0

    def test_a_break_is_one_line_each_and_ends_with_1(self) -> None:
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
    def test_what_is_no_head_is_a_wrong_call(self, head: str) -> None:
        result = verify("--head", head)

        assert result.exit_code == 2
        assert "--head 写的不对" in result.stderr

    @pytest.mark.sqlite_file
    def test_it_writes_nothing(self) -> None:
        path = bootstrap.settings().home / "junheng.db"
        with closing(sqlite3.connect(path)) as connection:
            before = list(connection.iterdump())

        verify()

        with closing(sqlite3.connect(path)) as connection:
            assert list(connection.iterdump()) == before


def _start() -> Act:
    return Act(Move.START, "张三", TUESDAY)


class TestHistory:
    def test_an_event_taken_out(self) -> None:
        by_hand("DELETE FROM event WHERE sequence = 4")

        (said,) = breaks()
        assert "第 5 号与上一号不连续" in said

    def test_an_end_cut_off_shows_in_the_row_it_told_of(self) -> None:
        by_hand("DELETE FROM event WHERE sequence = 8")

        assert any("的“现状”现在是“receipted”" in said for said in breaks())

    def test_an_end_cut_off_together_with_its_row_shows_by_the_head_alone(self) -> None:
        printed = auditing.verify().head
        acts.act(REFERENCE, _start(), now=clock.now())
        later = auditing.verify().head
        by_hand("DELETE FROM event WHERE sequence = 9")
        by_hand("UPDATE remediation SET status = 'receipted' WHERE reference = ?", REFERENCE)

        assert auditing.verify().breaks == ()
        assert auditing.verify(printed).breaks == ()
        (said,) = auditing.verify(later[:16]).breaks
        assert f"到第 8 号为止，其中没有链头 {later[:16]}" in said

    def test_everything_gone_but_the_head_that_was_printed(self) -> None:
        printed = auditing.verify().head
        for table in ("remediation_part", "milestone", "remediation", "event"):
            by_hand(f"DELETE FROM {table}")  # noqa: S608

        assert auditing.verify().breaks == ()
        (said,) = auditing.verify(printed).breaks
        assert "到第 0 号为止" in said

    def test_an_event_moved_to_another_district(self) -> None:
        by_hand("UPDATE event SET district_code = '370404' WHERE sequence = 8")

        assert any(said.startswith("区县 370404 的历史记录第 8 号") for said in breaks())

    def test_details_that_cannot_be_read(self) -> None:
        by_hand("UPDATE event SET details = '{' WHERE sequence = 8")

        assert any("第 8 号的详情读不出来" in said for said in breaks())

    @pytest.mark.sqlite_file
    @pytest.mark.parametrize("value", ["CAST(x'ff0a' AS TEXT)", "x'00ff'", "70", "char(10, 27)"])
    @pytest.mark.parametrize("column", ["district_code", "reference", "reason", "hash", "sequence"])
    def test_whatever_is_put_in_is_said_on_one_line(self, column: str, value: str) -> None:
        by_hand(f"UPDATE event SET {column} = {value} WHERE sequence = 5")  # noqa: S608

        result = verify()

        assert result.exit_code == 1
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert all(said.isprintable() for said in result.stdout.splitlines())


class TestRows:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            # A server holds every column to its kind; a file takes whatever is put in.
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
    def test_whatever_stands_in_a_row_is_told_and_stops_nothing(
        self, change: str, field: str
    ) -> None:
        by_hand(f"UPDATE remediation SET {change} WHERE reference = ?", REFERENCE)  # noqa: S608

        result = verify()

        assert result.exit_code == 1
        said, _ = result.stdout.splitlines()
        assert said.startswith(f"{REFERENCE} 的“{field}”现在是“")

    def test_a_list_says_which_status_it_does_not_know(self) -> None:
        by_hand("UPDATE remediation SET status = '已经好了' WHERE reference = ?", REFERENCE)

        result = CliRunner().invoke(app, ["ledger"])

        assert (result.exit_code, result.stdout) == (2, "")
        assert "“已经好了”，本程序只认识 drafted、signed_off" in result.stderr

    def test_a_part_that_was_taken_out_changed_or_moved(self) -> None:
        by_hand("UPDATE remediation_part SET due_on = ? WHERE unit = '区编办'", CLOSED_TO)
        assert "第2个配合单位的“整改期限”" in breaks()[0]

        by_hand("UPDATE remediation_part SET remediation_id = 99 WHERE unit = '区编办'")
        stray, counted = sorted(breaks(), reverse=True)
        assert "有配合单位属于内部编号 99 的整改事项" in stray
        assert f"{REFERENCE} 的配合单位现有 1 个，历史记录第 8 号写的是 2 个" in counted

    def test_a_milestone_that_was_put_off(self) -> None:
        by_hand("UPDATE milestone SET due_on = '2027-01-04' WHERE position = 2")

        (said,) = breaks()
        assert said.startswith(f"{OTHER} 的第2个节点的“整改期限”现在是“2027-01-04”")

    def test_a_row_that_was_deleted(self) -> None:
        by_hand("DELETE FROM milestone")
        by_hand("DELETE FROM remediation_part WHERE remediation_id = 2")
        by_hand("DELETE FROM remediation WHERE reference = ?", OTHER)

        (said,) = breaks()
        assert said.startswith(f"{OTHER} 在历史记录里")

    def test_a_row_under_another_reference_is_missing_and_untold(self) -> None:
        by_hand("UPDATE remediation SET reference = '370405-2025-0099' WHERE id = 1")

        untold, gone = sorted(breaks(), reverse=True)
        assert untold.startswith("370405-2025-0099 在台账里，历史记录里却从未有过")
        assert gone.startswith(f"{REFERENCE} 在历史记录里")

    def test_two_rows_that_changed_numbers(self) -> None:
        for before, after in ((1, 99), (2, 1), (99, 2)):
            by_hand("UPDATE remediation SET id = ? WHERE id = ?", after, before)

        assert any("的“内部编号”现在是“2”" in said for said in breaks())


def test_every_field_that_a_break_may_name_has_a_name() -> None:
    columns = {
        column.name
        for table in ("remediation", "remediation_part", "milestone")
        for column in SQLModel.metadata.tables[table].c
    }

    named = set(type(bootstrap.rulebook().wording.audit.fields).model_fields)
    assert named == columns - {"district_code", "remediation_id"}
