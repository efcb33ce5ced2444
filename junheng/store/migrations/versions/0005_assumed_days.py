"""Which due dates were counted over days whose holidays were not announced yet"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was opened before this did not keep what it took for granted: its dates stand.
    with op.batch_alter_table("remediation") as remediation:
        remediation.add_column(sa.Column("assumed_since", sa.Date(), nullable=True))
        remediation.add_column(
            sa.Column("assumed_rest_days", sa.JSON(), nullable=False, server_default="[]")
        )


def downgrade() -> None:
    with op.batch_alter_table("remediation") as remediation:
        remediation.drop_column("assumed_rest_days")
        remediation.drop_column("assumed_since")
