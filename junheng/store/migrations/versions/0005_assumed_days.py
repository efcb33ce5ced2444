"""Due dates that were counted over days without announced holidays"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Older remediations have no assumed days: their due dates do not change.
    with op.batch_alter_table("remediation") as remediation:
        remediation.add_column(sa.Column("assumed_since", sa.Date(), nullable=True))
        remediation.add_column(
            sa.Column("assumed_rest_days", sa.JSON(), nullable=False, server_default="[]")
        )


def downgrade() -> None:
    with op.batch_alter_table("remediation") as remediation:
        remediation.drop_column("assumed_rest_days")
        remediation.drop_column("assumed_since")
