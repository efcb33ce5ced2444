"""The ladder that a remediation was opened under"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ladder_in_force",
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "digest"),
    )
    # Older remediations have no stored ladder: they follow the current one.
    with op.batch_alter_table("remediation") as remediation:
        remediation.add_column(sa.Column("ladder", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("remediation") as remediation:
        remediation.drop_column("ladder")
    op.drop_table("ladder_in_force")
