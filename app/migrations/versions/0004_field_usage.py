"""Who asks for which fields"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def binary(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "field_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("client", binary(64), nullable=False),
        sa.Column("version", binary(64), nullable=False),
        sa.Column("type", binary(100), nullable=False),
        sa.Column("field", binary(200), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "client", "version", "type", "field", name="pk_field_usage"),
    )


def downgrade() -> None:
    op.drop_table("field_usage")
