"""Cards: a remediation is on a card once in each cycle"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The table is copied: SQLite cannot change a unique constraint.
    rows = op.get_bind().execute(sa.text("SELECT * FROM notice_entry")).mappings().all()
    op.drop_table("notice_entry")
    entries = _entry_table("reference", "cycle", "rung", "recipient")
    if rows:
        op.bulk_insert(entries, [dict(row) | {"cycle": 1} for row in rows])
        _count_on("notice_entry")


def _entry_table(*unique: str) -> sa.Table:
    cycle = [sa.Column("cycle", sa.Integer(), nullable=False)] if "cycle" in unique else []
    table = op.create_table(
        "notice_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        *cycle,
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*unique),
    )
    op.create_index("ix_notice_entry_notice_id", "notice_entry", ["notice_id"])
    return table


def downgrade() -> None:
    rows = op.get_bind().execute(sa.text("SELECT * FROM notice_entry")).mappings().all()
    op.drop_table("notice_entry")
    entries = _entry_table("reference", "rung", "recipient")
    # Entries of later cycles would violate the older unique constraint.
    first = [{k: v for k, v in row.items() if k != "cycle"} for row in rows if row["cycle"] == 1]
    if first:
        op.bulk_insert(entries, first)
        _count_on("notice_entry")


def _count_on(table: str) -> None:
    """Set PostgreSQL's id sequence to the highest inserted id."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
            f"(SELECT max(id) FROM {table}))"
        )
