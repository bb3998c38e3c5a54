"""Any sequence of what can be done with items leaves what a model of a few lines says.

The model knows of each item what readers see, what its draft says, its version and revisions; the
real thing is changed by operations and read through GraphQL, as a guest and as an editor.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete

from app.db import Database
from app.documents import MemoryDocuments
from app.errors import Invalid
from app.http.caller import Caller
from app.models import ContentItem, ContentStatus
from app.operations.content import edit, trash
from app.operations.content import publish as publishing
from app.operations.work import Work
from app.permissions import GUEST, Actor, Role
from app.resources import Resources
from resolvers.endpoint.parameters import Parameters
from resolvers.execution import Operations
from tests import factories as make

EDITOR = Actor(f"usr_{1:026}", Role.EDITOR)
DRAFT, PUBLISHED, ARCHIVED = ContentStatus
PUBLIC = "{ contentItems(limit: 100) { id title body { raw } } }"
WRITERS = """query ($id: ID!) {
  contentItem(id: $id, view: { perspective: DRAFT }) {
    title body { raw } status version hasUnpublishedChanges
    revisions { totalCount } viewerCan { unpublish archive }
  }
  trashedContentItems(first: 100) { nodes { id } }
}"""

texts = st.tuples(st.sampled_from("ABCD"), st.sampled_from(["one", "two", ""]))
Said = tuple[str, str]


class RefusalError(Exception):
    """What the model says cannot be done, with the code that tells it."""


@dataclass
class Model:
    """An item that exists; `said` is its title and body."""

    said: Said
    status: ContentStatus = DRAFT
    draft: Said | None = None
    trashed: bool = False
    version: int = 1
    revisions: list[Said] = field(default_factory=list)

    @property
    def newest(self) -> Said:
        return self.draft or self.said

    def save(self, said: Said) -> None:
        if said == self.newest:
            return
        self.revisions.append(said)
        self.version += 1
        if self.status is PUBLISHED:
            self.draft = said
        else:
            self.said = said

    def settle(self, status: ContentStatus) -> None:
        self.said, self.draft, self.status = self.newest, None, status
        self.version += 1


def require(condition: object, code: str = "INVALID_STATE") -> None:
    if not condition:
        raise RefusalError(code)


class ContentLife(RuleBasedStateMachine):
    address: str
    settings: Any
    runner: asyncio.Runner
    items = Bundle("items")

    @initialize()
    def open(self) -> None:
        self.db = Database.at(self.address, pool=2)
        self.models: dict[str, Model] = {}
        self.touched: str | None = None
        resources = Resources.on(self.db, MemoryDocuments(), self.settings)
        self.operations = Operations(resources)

    def teardown(self) -> None:
        self.runner.run(self._clear())

    async def _clear(self) -> None:
        async with self.db.write() as session:
            await session.execute(delete(ContentItem))
        await self.db.close()

    # --- what is done -----------------------------------------------------------------------------

    def do(self, act: Any, id: str, *arguments: Any) -> str | None:
        """The code with which it was refused; None when it was done."""

        async def perform() -> None:
            async with self.db.write() as session:
                work = Work(session, EDITOR, "test", datetime.now(UTC))
                await act(work, id, *arguments)

        try:
            self.runner.run(perform())
        except Invalid as refusal:
            return refusal.problems[0].code
        return None

    def both(self, id: str, change: Any, act: Any, *arguments: Any, trashed: bool = False) -> None:
        """Change the model and the real thing; both refuse for the same reason, or none does."""
        expected = None
        model, self.touched = self.models.get(id), id
        try:
            require(model, "NOT_FOUND")
            require(model.trashed is trashed)
            change(model)
        except RefusalError as refusal:
            expected = str(refusal)
        assert self.do(act, id, *arguments) == expected

    @precondition(lambda self: len(self.models) < 2)  # few, so that much happens to each
    @rule(target=items, said=texts, public=st.booleans())
    def create(self, said: Said, public: bool) -> Any:
        made: list[str] = []
        slug = f"item-{next(make.numbers)}"

        async def act(work: Work, _id: str) -> None:
            changes = {"title": said[0], "body": said[1], "text": said[1], "slug": slug}
            item = await edit.create(work, edit.NewItem(publish=public, changes=changes))
            made.append(item.id)

        code = self.do(act, "")
        if public and not said[1]:
            assert code == "REQUIRED"
            return multiple()
        assert code is None
        self.touched = made[0]
        model = self.models[made[0]] = Model(said, revisions=[said])
        if public:
            model.settle(PUBLISHED)
        return made[0]

    @rule(id=items, said=texts, behind=st.sampled_from([0, 0, 0, 1]))
    def update(self, id: str, said: Said, behind: int) -> None:
        def change(model: Model) -> None:
            require(not behind, "VERSION_CONFLICT")
            model.save(said)

        changes = {"title": said[0], "body": said[1], "text": said[1]}
        version = self.models[id].version - behind if id in self.models else 1
        self.both(id, change, edit.update, changes, version)

    @rule(id=items, number=st.integers(0, 5))
    def restore_revision(self, id: str, number: int) -> None:
        def change(model: Model) -> None:
            require(0 < number <= len(model.revisions), "NOT_FOUND")
            model.save(model.revisions[number - 1])

        self.both(id, change, edit.restore_revision, number)

    @rule(id=items)
    def publish(self, id: str) -> None:
        def change(model: Model) -> None:
            if model.status is not PUBLISHED or model.draft:
                require(model.newest[1], "REQUIRED")
                model.settle(PUBLISHED)

        self.both(id, change, publishing.publish)

    @rule(id=items, act=st.sampled_from([publishing.unpublish, publishing.archive]))
    def withdraw(self, id: str, act: Any) -> None:
        def change(model: Model) -> None:
            if act is publishing.unpublish:
                require(model.status is PUBLISHED)
            require(model.status is not ARCHIVED)
            model.settle(DRAFT if act is publishing.unpublish else ARCHIVED)

        self.both(id, change, act)

    @rule(id=items)
    def discard(self, id: str) -> None:
        def change(model: Model) -> None:
            require(model.draft)
            model.draft = None
            model.version += 1

        self.both(id, change, edit.discard_draft)

    @rule(id=items, act=st.sampled_from([trash.delete, trash.restore, trash.restore, trash.purge]))
    def throw(self, id: str, act: Any) -> None:
        def change(model: Model) -> None:
            if act is trash.purge:
                del self.models[id]
            model.trashed = act is trash.delete
            model.version += 1

        self.both(id, change, act, trashed=act is not trash.delete)

    # --- what is seen -----------------------------------------------------------------------------

    def ask(self, query: str, actor: Actor, **variables: Any) -> Any:
        caller = Caller(actor, "http://content.example", "test")
        answer = self.runner.run(
            self.operations.run(Parameters(query, variables=variables), caller)
        )
        assert "errors" not in answer.body, answer.body
        return answer.body["data"]

    @invariant()
    def readers_see_what_is_published(self) -> None:
        seen = {
            item["id"]: (item["title"], item["body"]["raw"])
            for item in self.ask(PUBLIC, GUEST)["contentItems"]
        }
        assert seen == {
            id: model.said
            for id, model in self.models.items()
            if model.status is PUBLISHED and not model.trashed
        }

    @invariant()
    def writers_see_what_was_written_last(self) -> None:
        if self.touched is None:
            return
        answer = self.ask(WRITERS, EDITOR, id=self.touched)
        trashed = {item["id"] for item in answer["trashedContentItems"]["nodes"]}
        assert trashed == {id for id, model in self.models.items() if model.trashed}
        model = self.models.get(self.touched)
        assert answer["contentItem"] == (_shown(model) if model and not model.trashed else None)


def _shown(model: Model) -> dict[str, Any]:
    title, body = model.newest
    return {
        "title": title,
        "body": {"raw": body},
        "status": model.status,
        "version": model.version,
        "hasUnpublishedChanges": model.draft is not None,
        "revisions": {"totalCount": len(model.revisions)},
        "viewerCan": {
            "unpublish": model.status is PUBLISHED,
            "archive": model.status is not ARCHIVED,
        },
    }


def test_the_life_of_items(address, settings):
    with asyncio.Runner() as runner:
        runner.run(_add_editor(address))
        machine = type(
            "Life", (ContentLife,), {"address": address, "settings": settings, "runner": runner}
        )
        run_state_machine_as_test(machine, settings=SETTINGS)


async def _add_editor(address: str) -> None:
    db = Database.at(address, pool=1)
    await make.add(db, make.user(id=EDITOR.user_id))
    await db.close()


SETTINGS = settings(
    max_examples=10,
    stateful_step_count=40,
    phases=[Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
