"""What the tests of content items ask, who asks, and what a refused call must leave as it was."""

from sqlalchemy import func, select

from app.models import AuditEntry, ContentDraft, ContentItem, OutboxEvent, Revision
from app.permissions import Actor, Role

ADA, BOB, EVE = (f"usr_{n:026}" for n in (1, 2, 3))
AUTHOR, OTHER, EDITOR = Actor(ADA, Role.USER), Actor(BOB, Role.USER), Actor(EVE, Role.EDITOR)

ITEM = """contentItem {
  id title slug summary status version kind body { raw format } tags { name }
  category { name } featuredImage { id } author { username }
  publishedAt firstPublishedAt scheduledPublishAt scheduledUnpublishAt hasUnpublishedChanges
}"""


def mutation(name, input, selection=ITEM):
    return f"""mutation ($input: {input}!) {{
      {name}(input: $input) {{ {selection} errors {{ field code }} }}
    }}"""


CREATE = mutation("createContentItem", "CreateContentItemInput")
UPDATE = mutation(
    "updateContentItem", "UpdateContentItemInput", ITEM + "conflict { expected actual }"
)
DUPLICATE = mutation("duplicateContentItem", "DuplicateContentItemInput")
PUBLISH = mutation("publishContentItem", "TransitionInput")
UNPUBLISH = mutation("unpublishContentItem", "TransitionInput")
ARCHIVE = mutation("archiveContentItem", "TransitionInput")
SCHEDULE = mutation("scheduleContentItem", "ScheduleContentItemInput")
DELETE = mutation("deleteContentItem", "TransitionInput", "deletedId")
RESTORE = mutation("restoreContentItem", "TransitionInput")
PURGE = mutation("purgeContentItem", "TransitionInput", "deletedId")
TRASH = "{ trashedContentItems { totalCount nodes { id title deletedAt body { raw } } } }"
VISIBLE = "query ($id: ID!) { contentItem(id: $id) { title status version } node(id: $id) { id } }"
DISCARD = mutation("discardDraft", "TransitionInput")
RESTORE_REVISION = mutation("restoreRevision", "RestoreRevisionInput")
TOKEN = mutation(
    "createPreviewToken", "CreatePreviewTokenInput", "previewToken { token revision expiresAt }"
)
REVOKE = mutation("revokePreviewTokens", "RevokePreviewTokensInput", "count")


async def state(db):
    """Everything that a refused call must leave as it was."""
    items = select(ContentItem.id, ContentItem.version, ContentItem.status, ContentItem.deleted_at)
    counts = [
        select(func.count()).select_from(table)
        for table in (AuditEntry, OutboxEvent, Revision, ContentDraft)
    ]
    return await db.fetch(items.order_by(ContentItem.id)), [await db.fetch(one) for one in counts]


async def told(db):
    rows = select(OutboxEvent.type, OutboxEvent.data).order_by(OutboxEvent.sequence)
    return [(row.type, row.data["changedFields"]) for row in await db.fetch(rows)]
