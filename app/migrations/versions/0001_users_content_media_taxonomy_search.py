"""Users, content, media, taxonomy, search"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def binary(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PROFILE_IMAGE = sa.ForeignKeyConstraint(
    ["profile_image_id"], ["media.id"], name="fk_users_profile_image_id_media", ondelete="SET NULL"
)

# The words of `search_documents`, by the same number. Both databases are given folded words
# (app/text.py), so they only have to split at spaces.
SEARCH_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(title, body, tokenize='ascii', prefix='2 3')",
    "CREATE VIRTUAL TABLE title_trigrams USING fts5(title, tokenize='trigram case_sensitive 1')",
)
SEARCH_POSTGRESQL = (
    "CREATE TABLE search_index (rowid bigint PRIMARY KEY, vector tsvector NOT NULL)",
    "CREATE INDEX ix_search_index_vector ON search_index USING gin (vector)",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_content_items_title_trigrams ON content_items USING gin (title_key gin_trgm_ops)",
    "CREATE INDEX ix_users_username_trigrams ON users USING gin (username_key gin_trgm_ops)",
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "categories",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("parent_id", binary(30), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", binary(500), nullable=False),
        sa.Column("slug", binary(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("import_key", binary(255), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["categories.id"],
            name="fk_categories_parent_id_categories",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.UniqueConstraint("import_key", name="uq_categories_import_key"),
        sa.UniqueConstraint("slug", name="uq_categories_slug"),
    )
    op.create_index(
        "ix_categories_parent_id_position_name_key_id",
        "categories",
        ["parent_id", "position", "name_key", "id"],
    )

    op.create_table(
        "search_documents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("subject_id", binary(30), nullable=False),
        sa.Column("subject", binary(3), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("subject_id", name="uq_search_documents_subject_id"),
    )

    op.create_table(
        "tags",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", binary(500), nullable=False),
        sa.Column("slug", binary(200), nullable=False),
        sa.Column("import_key", binary(255), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("import_key", name="uq_tags_import_key"),
        sa.UniqueConstraint("slug", name="uq_tags_slug"),
    )
    op.create_index("ix_tags_name_key_id", "tags", ["name_key", "id"])

    op.create_table(
        "users",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("username_key", binary(60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", binary(254), nullable=True),
        sa.Column("full_name", sa.String(length=200), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("profile_image_id", binary(30), nullable=True),
        sa.Column("preferences", JSON, nullable=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("import_key", binary(255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        *([PROFILE_IMAGE] if sqlite else []),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("import_key", name="uq_users_import_key"),
    )
    op.create_index("ix_users_created_at_id", "users", ["created_at", "id"])
    op.create_index("ix_users_email_key", "users", ["email_key"], unique=True)
    op.create_index("ix_users_profile_image_id", "users", ["profile_image_id"])
    op.create_index("ix_users_username_key", "users", ["username_key"], unique=True)

    op.create_table(
        "media",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("storage_key", binary(255), nullable=True),
        sa.Column("external_url", sa.Text(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("mime_type", binary(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration", sa.Float(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("alt_text", sa.Text(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("placeholder", sa.Text(), nullable=True),
        sa.Column("uploaded_by_id", binary(30), nullable=True),
        sa.Column("import_key", binary(255), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["users.id"],
            name="fk_media_uploaded_by_id_users",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("import_key", name="uq_media_import_key"),
        sa.UniqueConstraint("storage_key", name="uq_media_storage_key"),
    )
    op.create_index("ix_media_created_at_id", "media", ["created_at", "id"])
    op.create_index("ix_media_kind_created_at_id", "media", ["kind", "created_at", "id"])
    op.create_index("ix_media_mime_type", "media", ["mime_type"])
    op.create_index("ix_media_uploaded_by_id", "media", ["uploaded_by_id"])

    if not sqlite:  # which cannot add it later, but may name a table that is still to come
        op.create_foreign_key(
            "fk_users_profile_image_id_media",
            "users",
            "media",
            ["profile_image_id"],
            ["id"],
            ondelete="SET NULL",
        )

    op.create_table(
        "content_items",
        sa.Column("id", binary(30), nullable=False),
        sa.Column("kind", binary(50), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("title_key", binary(500), nullable=False),
        sa.Column("slug", binary(200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_format", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("author_id", binary(30), nullable=False),
        sa.Column("featured_image_id", binary(30), nullable=True),
        sa.Column("category_id", binary(30), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("scheduled_publish_at", MOMENT, nullable=True),
        sa.Column("scheduled_unpublish_at", MOMENT, nullable=True),
        sa.Column("import_key", binary(255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name="fk_content_items_author_id_users",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name="fk_content_items_category_id_categories",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["featured_image_id"],
            ["media.id"],
            name="fk_content_items_featured_image_id_media",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_content_items"),
        sa.UniqueConstraint("import_key", name="uq_content_items_import_key"),
    )
    op.create_index(
        "ix_content_items_author_id_created_at_id",
        "content_items",
        ["author_id", "created_at", "id"],
    )
    op.create_index(
        "ix_content_items_category_id_created_at_id",
        "content_items",
        ["category_id", "created_at", "id"],
    )
    op.create_index("ix_content_items_created_at_id", "content_items", ["created_at", "id"])
    op.create_index("ix_content_items_featured_image_id", "content_items", ["featured_image_id"])
    op.create_index(
        "ix_content_items_kind_created_at_id", "content_items", ["kind", "created_at", "id"]
    )
    op.create_index("ix_content_items_kind_slug", "content_items", ["kind", "slug"], unique=True)
    nulls_first = "" if sqlite else " NULLS FIRST"
    op.execute(
        f"CREATE INDEX ix_content_items_published_at_id ON content_items (published_at{nulls_first}, id)"
    )
    op.create_index("ix_content_items_slug", "content_items", ["slug"])
    op.create_index(
        "ix_content_items_status_created_at_id", "content_items", ["status", "created_at", "id"]
    )
    op.create_index("ix_content_items_title_key_id", "content_items", ["title_key", "id"])
    op.create_index("ix_content_items_updated_at_id", "content_items", ["updated_at", "id"])

    op.create_table(
        "content_tags",
        sa.Column("item_id", binary(30), nullable=False),
        sa.Column("tag_id", binary(30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["content_items.id"],
            name="fk_content_tags_item_id_content_items",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name="fk_content_tags_tag_id_tags", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "tag_id", name="pk_content_tags"),
    )
    op.create_index("ix_content_tags_tag_id_item_id", "content_tags", ["tag_id", "item_id"])
    for statement in SEARCH_SQLITE if sqlite else SEARCH_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("title_trigrams")
    else:
        op.drop_constraint("fk_users_profile_image_id_media", "users")
    for table in ("search_index", "content_tags", "content_items", "media", "users", "tags"):
        op.drop_table(table)
    op.drop_table("search_documents")
    op.drop_table("categories")
