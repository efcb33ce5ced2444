"""The ledger: the life of a remediation, its parts, its history as a chain, and its evidence"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None

BY, REASON = "系统", "台账升级前已交办"
DATES = ("opened_on", "receipt_due_on", "due_on")
NOT_YET_TEXTS = ("stood_at", "closing", "cause")
NOT_YET_DONE = ("receipted_on", "reported_on")
NOT_YET_ENDED = ("closed_on", "extension_until", "suspended_on", "waived_until", "arbitrate_by")
NOT_YET_DATES = (*NOT_YET_DONE, *NOT_YET_ENDED)


def upgrade() -> None:
    # The table is copied: SQLite cannot change a unique constraint.
    bind = op.get_bind()
    before = bind.execute(sa.text("SELECT * FROM remediation ORDER BY id")).mappings().all()
    evaluations = bind.execute(sa.text("SELECT id, school_year FROM evaluation"))
    years = {number: int(year) for number, year in evaluations}
    towns = _towns()
    op.drop_table("remediation")
    _create_ledger()
    _create_history()
    for row in before:
        _keep(row, years, towns)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _create_ledger() -> None:
    op.create_table(
        "remediation",
        *_numbers("id"),
        *_texts("reference", "district_code", "indicator", "unit", "period", "unit_name", "town"),
        *_numbers("school_year", "followed_year"),
        *_texts("lead", "basis"),
        sa.Column("items", sa.JSON(), nullable=False),
        *_texts("status"),
        *(sa.Column(name, sa.String(), nullable=True) for name in NOT_YET_TEXTS),
        *_numbers("cycle"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in DATES),
        *(sa.Column(name, sa.Date(), nullable=True) for name in NOT_YET_DATES),
        sa.Column("was_overridden", sa.Boolean(), nullable=False),
        *_numbers("carried_over", "relapses"),
        *_texts("action", "progress", "clock_set_by"),
        sa.Column("proof_from", sa.Date(), nullable=True),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("district_code", "indicator", "unit", "period"),
    )
    op.create_index("ix_remediation_district_code", "remediation", ["district_code"])
    op.create_index("ix_remediation_status", "remediation", ["district_code", "status"])
    op.create_table(
        "remediation_part",
        *_numbers("id", "remediation_id", "position"),
        *_texts("unit", "action", "progress"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("receipt_due_on", "due_on")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in NOT_YET_DONE),
        sa.ForeignKeyConstraint(["remediation_id"], ["remediation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("remediation_id", "unit"),
    )
    op.create_index("ix_remediation_part_remediation_id", "remediation_part", ["remediation_id"])
    op.create_index("ix_remediation_part_unit", "remediation_part", ["unit"])
    op.create_table(
        "milestone",
        *_numbers("id", "remediation_id", "position"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["remediation_id"], ["remediation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("remediation_id", "position"),
    )
    op.create_index("ix_milestone_remediation_id", "milestone", ["remediation_id"])


def _create_history() -> None:
    op.create_table(
        "event",
        *_texts("district_code"),
        *_numbers("sequence"),
        *_texts("at", "day", "kind", "reference", "unit", "move", "was", "became", "by"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        *_texts("previous_hash", "hash"),
        sa.PrimaryKeyConstraint("district_code", "sequence"),
    )
    op.create_index("ix_event_reference", "event", ["district_code", "reference"])
    op.create_table(
        "evidence",
        *_numbers("id", "remediation_id"),
        *_texts("unit", "kind", "name"),
        *_numbers("version"),
        *_texts("sha256", "suffix", "media_type", "added_by"),
        *_numbers("size"),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["remediation_id"], ["remediation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("remediation_id", "unit", "name", "version"),
    )
    op.create_index("ix_evidence_remediation_id", "evidence", ["remediation_id"])
    op.create_table(
        "ledger_reply",
        *_numbers("id", "remediation_id"),
        *_texts("unit", "digest", "file"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["remediation_id"], ["remediation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("remediation_id", "unit", "digest"),
    )
    op.create_index("ix_ledger_reply_remediation_id", "ledger_reply", ["remediation_id"])


def _count_on(table: str) -> None:
    """Set PostgreSQL's id sequence to the highest inserted id."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
            f"(SELECT max(id) FROM {table}))"
        )


def _towns() -> dict[str, str]:
    """Return the town of each school by the newest register, and of each town itself."""
    rows = op.get_bind().execute(
        sa.text("SELECT code, town FROM register_entry ORDER BY collection_id")
    )
    towns: dict[str, str] = dict(tuple(row) for row in rows)
    return towns | {town: town for town in towns.values()}


def _keep(row: sa.RowMapping, years: dict[int, int], towns: dict[str, str]) -> None:
    """Insert an open remediation with its old reference and dates, as handed over."""
    supporting = _list(row["supporting"])
    own = {
        name: row[name]
        for name in ("reference", "indicator", "unit", "unit_name", "lead", "basis", "school_year")
    }
    own |= {
        "period": "",
        "town": towns.get(row["unit"], ""),
        "followed_year": years.get(row["evaluation_id"], row["school_year"]),
        "items": _list(row["items"]),
        "status": "handed_over",
        "cycle": 1,
        "opened_on": _day(row["opened_on"]),
        "receipt_due_on": _day(row["due_on"]),
        "due_on": _day(row["due_on"]),
        "was_overridden": False,
        "carried_over": 0,
        "relapses": 0,
        "proof_from": _day(row["opened_on"]),
        **dict.fromkeys(("action", "progress", "clock_set_by"), ""),
        **dict.fromkeys((*NOT_YET_TEXTS, *NOT_YET_DATES)),
    }
    bind = op.get_bind()
    kept = {name: row[name] for name in ("id", "district_code", "evaluation_id")}
    bind.execute(sa.insert(_table("remediation", *kept, *own)).values(kept | own))
    _count_on("remediation")
    dates = dict.fromkeys(("receipt_due_on", "due_on"), own["due_on"])
    own_part = dates | {"action": "", "progress": ""} | dict.fromkeys(NOT_YET_DONE)
    parts = [own_part | {"unit": unit} for unit in supporting]
    table = _table("remediation_part", "remediation_id", "position", "unit", *own_part)
    for position, part in enumerate(parts):
        bind.execute(
            sa.insert(table).values(part | {"remediation_id": row["id"], "position": position})
        )
    became = _plain(own) | {"parts": [_plain(part) for part in parts], "milestones": []}
    numbers = {"row": row["id"], "evaluation": row["evaluation_id"]}
    _tell(row["district_code"], became, numbers)


def _table(name: str, *columns: str) -> sa.TableClause:
    types = {"items": sa.JSON(), "supporting": sa.JSON()}
    # Columns have types: sqlite3 would bind untyped dates by an adapter deprecated in Python 3.12.
    dates = dict.fromkeys((*DATES, *NOT_YET_DATES, "proof_from"), sa.Date())
    return sa.table(name, *(sa.column(column, (types | dates).get(column)) for column in columns))


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def _tell(district: str, own: dict[str, object], numbers: dict[str, int]) -> None:
    """Begin the history of a remediation with a snapshot."""
    bind = op.get_bind()
    last = bind.execute(
        sa.text(
            "SELECT sequence, hash FROM event WHERE district_code = :district "
            "ORDER BY sequence DESC LIMIT 1"
        ),
        {"district": district},
    ).first()
    sequence, previous = (0, "0" * 64) if last is None else last
    event = {
        "district_code": district,
        "sequence": sequence + 1,
        "at": datetime.now(UTC).isoformat(),
        "day": own["opened_on"],
        "kind": "moved",
        "reference": own["reference"],
        "unit": "",
        "move": "hand_over",
        "was": "",
        "became": "handed_over",
        "by": BY,
        "reason": REASON,
        "details": _text(numbers | {"became": own}),
    }
    digest = hashlib.sha256(_text([previous, *event.values()], is_sorted=False).encode())
    table = _table("event", *event, "previous_hash", "hash")
    bind.execute(
        sa.insert(table).values(event | {"previous_hash": previous, "hash": digest.hexdigest()})
    )


def _text(value: object, *, is_sorted: bool = True) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=is_sorted, separators=(",", ":"))


def _list(value: Any) -> list[str]:
    return list(json.loads(value) if isinstance(value, str) else value)


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def downgrade() -> None:
    for table in ("ledger_reply", "evidence", "event", "milestone"):
        op.drop_table(table)
    _back_to_one_table()


def _back_to_one_table() -> None:
    bind = op.get_bind()
    parts: dict[int, list[str]] = {}
    for remediation_id, unit in bind.execute(
        sa.text("SELECT remediation_id, unit FROM remediation_part ORDER BY position")
    ):
        parts.setdefault(remediation_id, []).append(unit)
    rows = (
        bind.execute(sa.text("SELECT * FROM remediation WHERE period = '' ORDER BY id"))
        .mappings()
        .all()
    )
    op.drop_table("remediation_part")
    op.drop_table("remediation")
    names = ("reference", "district_code", "school_year", "indicator", "unit", "unit_name", "lead")
    op.create_table(
        "remediation",
        *_numbers("id"),
        *_texts("reference", "district_code", "indicator", "unit", "unit_name", "lead"),
        *_numbers("school_year"),
        sa.Column("supporting", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        *_texts("status"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("opened_on", "due_on")),
        *_numbers("evaluation_id"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_code", "indicator", "unit"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_remediation_district_code", "remediation", ["district_code"])
    for row in rows:
        _keep_as_before(row, names, parts.get(row["id"], []))


def _keep_as_before(row: sa.RowMapping, names: tuple[str, ...], supporting: list[str]) -> None:
    values = {name: row[name] for name in (*names, "id", "basis", "evaluation_id")}
    values |= {
        "status": "open",
        "supporting": supporting,
        "items": _list(row["items"]),
        "opened_on": _day(row["opened_on"]),
        "due_on": _day(row["due_on"]),
    }
    op.get_bind().execute(sa.insert(_table("remediation", *values)).values(values))
    _count_on("remediation")
