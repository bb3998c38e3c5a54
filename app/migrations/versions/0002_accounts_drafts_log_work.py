"""Accounts, drafts and revisions, the log, work"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def binary(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
VERSIONED = ("media", "tags", "categories")
DUE = ("scheduled_publish_at", "scheduled_unpublish_at", "deleted_at")
TABLES = (
    "attempts",
    "audit_entries",
    "idempotency_records",
    "jobs",
    "outbox",
    "api_keys",
    "credentials",
    "mailed_tokens",
    "recovery_codes",
    "sessions",
    "refresh_tokens",
    "content_drafts",
    "preview_tokens",
    "revisions",
)


def only(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("media", sa.Column("sha256", binary(64), nullable=True))
    op.create_index("ix_media_sha256", "media", ["sha256"], unique=True)
    op.add_column("users", sa.Column("email_verified_at", MOMENT, nullable=True))
    op.add_column("users", sa.Column("deactivated_at", MOMENT, nullable=True))
    # Addresses that are known already came with an import, whose site had them checked.
    op.execute("UPDATE users SET email_verified_at = created_at WHERE email_key IS NOT NULL")
    op.drop_index("ix_users_email_key", "users")
    op.create_index(
        "ix_users_email_key",
        "users",
        ["email_key"],
        unique=True,
        **only("email_verified_at IS NOT NULL"),
    )
    op.create_index("ix_users_email_key_claims", "users", ["email_key"])
    op.add_column("content_items", sa.Column("first_published_at", MOMENT, nullable=True))
    op.add_column("content_items", sa.Column("deleted_at", MOMENT, nullable=True))
    op.execute("UPDATE content_items SET first_published_at = published_at")
    op.drop_index("ix_content_items_kind_slug", "content_items")
    op.create_index(
        "ix_content_items_kind_slug",
        "content_items",
        ["kind", "slug"],
        unique=True,
        **only("deleted_at IS NULL"),
    )
    for column in DUE:
        op.create_index(
            f"ix_content_items_{column}", "content_items", [column], **only(f"{column} IS NOT NULL")
        )
    op.create_table(
        "attempts",
        sa.Column("key", binary(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])
    op.create_table(
        "audit_entries",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("action", binary(60), nullable=False),
        sa.Column("subject_id", binary(30), nullable=False),
        sa.Column("actor_id", binary(30), nullable=True),
        sa.Column("api_key_id", binary(30), nullable=True),
        sa.Column("changed", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index(
        "ix_audit_entries_action_created_at_id", "audit_entries", ["action", "created_at", "id"]
    )
    op.create_index(
        "ix_audit_entries_actor_id_created_at_id", "audit_entries", ["actor_id", "created_at", "id"]
    )
    op.create_index("ix_audit_entries_created_at_id", "audit_entries", ["created_at", "id"])
    op.create_index(
        "ix_audit_entries_subject_id_created_at_id",
        "audit_entries",
        ["subject_id", "created_at", "id"],
    )
    op.create_table(
        "idempotency_records",
        sa.Column("owner", binary(30), nullable=False),
        sa.Column("key", binary(255), nullable=False),
        sa.Column("fingerprint", binary(64), nullable=False),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_idempotency_records"),
    )
    op.create_index("ix_idempotency_records_expires_at", "idempotency_records", ["expires_at"])
    op.create_table(
        "jobs",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("kind", binary(60), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_due_at_id", "jobs", ["due_at", "id"])
    op.create_table(
        "outbox",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", binary(30), nullable=False),
        sa.Column("type", binary(60), nullable=False),
        sa.Column("subject", binary(30), nullable=False),
        sa.Column("time", MOMENT, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("user_id", binary(30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("digest", binary(64), nullable=False),
        sa.Column("previous_digest", binary(64), nullable=True),
        sa.Column("previous_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_api_keys_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index(
        "ix_api_keys_user_id_created_at_id", "api_keys", ["user_id", "created_at", "id"]
    )
    op.create_table(
        "credentials",
        sa.Column("user_id", binary(30), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_changed_at", MOMENT, nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_confirmed_at", MOMENT, nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_credentials_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_credentials"),
    )
    op.create_table(
        "mailed_tokens",
        sa.Column("digest", binary(64), nullable=False),
        sa.Column("user_id", binary(30), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("VERIFY_EMAIL", "RESET_PASSWORD", name="purpose", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("email_key", binary(254), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_mailed_tokens_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_mailed_tokens"),
    )
    op.create_index("ix_mailed_tokens_expires_at", "mailed_tokens", ["expires_at"])
    op.create_index("ix_mailed_tokens_user_id", "mailed_tokens", ["user_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("digest", binary(64), nullable=False),
        sa.Column("user_id", binary(30), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_recovery_codes_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    op.create_table(
        "sessions",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("user_id", binary(30), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_sessions_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index(
        "ix_sessions_user_id_created_at_id", "sessions", ["user_id", "created_at", "id"]
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", binary(64), nullable=False),
        sa.Column("session_id", binary(30), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_refresh_tokens_session_id_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_tokens"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_table(
        "content_drafts",
        sa.Column("item_id", binary(30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("featured_image_id", binary(30), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["featured_image_id"],
            ["media.id"],
            name="fk_content_drafts_featured_image_id_media",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_items.id"],
            name="fk_content_drafts_item_id_content_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", name="pk_content_drafts"),
    )
    op.create_index("ix_content_drafts_featured_image_id", "content_drafts", ["featured_image_id"])
    op.create_table(
        "preview_tokens",
        sa.Column("digest", binary(64), nullable=False),
        sa.Column("item_id", binary(30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_items.id"],
            name="fk_preview_tokens_item_id_content_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_preview_tokens"),
    )
    op.create_index("ix_preview_tokens_expires_at", "preview_tokens", ["expires_at"])
    op.create_index("ix_preview_tokens_item_id", "preview_tokens", ["item_id"])
    op.create_table(
        "revisions",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("item_id", binary(30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("created_by_id", binary(30), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name="fk_revisions_created_by_id_users",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_items.id"],
            name="fk_revisions_item_id_content_items",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
    )
    op.create_index("ix_revisions_created_by_id", "revisions", ["created_by_id"])
    op.create_index("ix_revisions_item_id_number", "revisions", ["item_id", "number"], unique=True)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in DUE:
        op.drop_index(f"ix_content_items_{column}", "content_items")
    # Without a trash its items would be back, and their slugs may have gone to others.
    op.execute("DELETE FROM content_items WHERE deleted_at IS NOT NULL")
    op.drop_index("ix_content_items_kind_slug", "content_items")
    op.create_index("ix_content_items_kind_slug", "content_items", ["kind", "slug"], unique=True)
    op.drop_column("content_items", "deleted_at")
    op.drop_column("content_items", "first_published_at")
    op.drop_index("ix_users_email_key_claims", "users")
    op.drop_index("ix_users_email_key", "users")
    op.execute("UPDATE users SET email = NULL, email_key = NULL WHERE email_verified_at IS NULL")
    op.create_index("ix_users_email_key", "users", ["email_key"], unique=True)
    op.drop_column("users", "deactivated_at")
    op.drop_column("users", "email_verified_at")
    op.drop_index("ix_media_sha256", "media")
    op.drop_column("media", "sha256")
    for table in VERSIONED:
        op.drop_column(table, "version")
