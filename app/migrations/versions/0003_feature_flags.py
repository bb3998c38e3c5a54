"""Feature flags"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def binary(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "feature_flags",
        sa.Column("name", binary(30), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("percentage", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_feature_flags"),
    )
    op.create_table(
        "feature_flag_users",
        sa.Column("flag", binary(30), nullable=False),
        sa.Column("user_id", binary(30), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flag"],
            ["feature_flags.name"],
            name="fk_feature_flag_users_flag_feature_flags",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_feature_flag_users_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("flag", "user_id", name="pk_feature_flag_users"),
    )
    op.create_index("ix_feature_flag_users_user_id", "feature_flag_users", ["user_id"])


def downgrade() -> None:
    op.drop_table("feature_flag_users")
    op.drop_table("feature_flags")
