"""Reminders: the delivery status of each rung, with its card"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The status of a card is the status of its rungs; receipts of a trial's outbox are `file:…`.
KEPT = """
INSERT INTO reminder (id, notice_id, district_code, reference, cycle, rung, recipient, status,
                      planned_on, claimed_at, delivered_at, reason)
SELECT entry.id, entry.notice_id, notice.district_code, entry.reference, entry.cycle, entry.rung,
       entry.recipient,
       CASE WHEN notice.status = 'owed' THEN 'planned'
            WHEN notice.status = 'sending' AND notice.last_error IS NULL THEN 'claimed'
            WHEN notice.status = 'sending' THEN 'sent'
            WHEN notice.status = 'sent' THEN 'delivered'
            WHEN notice.status = 'withheld' THEN 'withheld'
            ELSE 'unknown' END,
       notice.planned_on, notice.claimed_at,
       CASE WHEN notice.status = 'sent' THEN notice.sent_at END, notice.last_error
FROM notice_entry AS entry JOIN notice ON notice.id = entry.notice_id
"""
# A refused rung that is not owed again has no card: the older table cannot store it.
GIVEN_BACK = """
INSERT INTO notice_entry (id, notice_id, reference, cycle, rung, recipient)
SELECT id, notice_id, reference, cycle, rung, recipient FROM reminder WHERE notice_id IS NOT NULL
"""


def upgrade() -> None:
    op.execute(
        "UPDATE notice SET status = 'withheld', sent_at = NULL"
        " WHERE status = 'sent' AND receipt LIKE 'file:%'"
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(), nullable=False),
        *_rung(),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference", "cycle", "rung", "recipient"),
    )
    op.create_index("ix_reminder_notice_id", "reminder", ["notice_id"])
    op.execute(KEPT)
    _count_on("reminder")
    op.drop_table("notice_entry")


def downgrade() -> None:
    op.create_table(
        "notice_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        *_rung(),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference", "cycle", "rung", "recipient"),
    )
    op.create_index("ix_notice_entry_notice_id", "notice_entry", ["notice_id"])
    op.execute(GIVEN_BACK)
    _count_on("notice_entry")
    op.drop_table("reminder")
    op.execute("UPDATE notice SET status = 'sent', sent_at = claimed_at WHERE status = 'withheld'")


def _rung() -> tuple[sa.Column[str], sa.Column[int], sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
    )


def _count_on(table: str) -> None:
    """Set PostgreSQL's id sequence to the highest inserted id."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
            f"greatest((SELECT max(id) FROM {table}), 1), (SELECT count(*) > 0 FROM {table}))"
        )
