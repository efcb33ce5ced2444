"""The inputs of an evaluation: its rules, its sources, and the distances to the line"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules_in_force",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rulebook_hash", sa.String(), nullable=False),
        sa.Column("rules_year", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rulebook_hash", "rules_year"),
    )
    # Older evaluations have neither: they are listed, but cannot be traced.
    with op.batch_alter_table("evaluation") as evaluation:
        evaluation.add_column(sa.Column("sources", sa.JSON(), nullable=False, server_default="[]"))
        evaluation.add_column(sa.Column("register_collection_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("finding") as finding:
        finding.add_column(sa.Column("gaps", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("finding") as finding:
        finding.drop_column("gaps")
    with op.batch_alter_table("evaluation") as evaluation:
        evaluation.drop_column("register_collection_id")
        evaluation.drop_column("sources")
    op.drop_table("rules_in_force")
