"""The tables' history: every step up and down, and at its head what the code expects."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect
from sqlmodel import SQLModel

from junheng.store import ledger_tables as ledger_tables
from junheng.store import tables
from junheng.store.database import MIGRATIONS


def move(engine: Engine, revision: str, *, is_up: bool) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if is_up else command.downgrade)(config, revision)


def table_names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_every_step_goes_up_and_down_again(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'junheng.db'}")

    move(engine, "head", is_up=True)
    assert table_names(engine) == set(SQLModel.metadata.tables)
    move(engine, "base", is_up=False)
    assert table_names(engine) == set()
    move(engine, "head", is_up=True)
    assert tables.EvaluationRow.__tablename__ in table_names(engine)


def test_the_tables_at_the_head_are_those_of_the_code(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'junheng.db'}")
    move(engine, "head", is_up=True)

    with engine.connect() as connection:
        differing = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert not differing
