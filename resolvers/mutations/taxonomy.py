import strawberry

from app.operations import taxonomy
from app.operations.work import Work
from engine.fields import batched
from resolvers import edges
from resolvers.mutations.field import mutation
from resolvers.mutations.inputs import about, given, if_version, known
from resolvers.mutations.payload import DeletePayload, Input, VersionedPayload
from resolvers.types.taxonomy import Category, Tag

SLUG = "Its part of an address; made from the name when left out or null."


@strawberry.input(description="A new tag.")
class CreateTagInput(Input):
    name: str = strawberry.field(description="The word.")
    slug: str | None = about(SLUG)


@strawberry.input(description="What is to be changed of a tag; what is left out stays.")
class UpdateTagInput(Input):
    id: strawberry.ID = strawberry.field(description="The tag's id.")
    if_version: int | None = if_version()
    name: str | None = about("The word.")
    slug: str | None = about(SLUG)


@strawberry.input(description="Several tags that are to become one.")
class MergeTagsInput(Input):
    from_ids: list[strawberry.ID] = strawberry.field(
        description=f"The tags that go, {taxonomy.MAX_MERGED} at most."
    )
    into_id: strawberry.ID = strawberry.field(description="The tag that stays.")
    if_version: int | None = about("Only if the tag that stays is still at this version.")


@strawberry.input(description="What is to be deleted.")
class DeleteInput(Input):
    id: strawberry.ID = strawberry.field(description="Its id.")
    if_version: int | None = if_version()


@strawberry.input(description="A new category.")
class CreateCategoryInput(Input):
    name: str = strawberry.field(description="Its name.")
    slug: str | None = about(SLUG)
    parent_id: strawberry.ID | None = about("The category above; none for a topmost one.")
    description: str | None = about("What belongs here.")
    position: int | None = about("Its place among its siblings; 0 when left out.")


@strawberry.input(description="What is to be changed of a category; what is left out stays.")
class UpdateCategoryInput(Input):
    id: strawberry.ID = strawberry.field(description="The category's id.")
    if_version: int | None = if_version()
    name: str | None = about("Its name.")
    slug: str | None = about(SLUG)
    parent_id: strawberry.ID | None = about("The category above; null makes it a topmost one.")
    description: str | None = about("What belongs here.")
    position: int | None = about("Its place among its siblings.")


@strawberry.type(description="A tag that was changed.")
class TagPayload(VersionedPayload):
    tag_id: strawberry.Private[str | None] = None
    tag: Tag | None = batched(edges.row("tags", "tag_id"), description="The tag as it is now.")


@strawberry.type(description="A category that was changed.")
class CategoryPayload(VersionedPayload):
    category_id: strawberry.Private[str | None] = None
    category: Category | None = batched(
        edges.row("categories", "category_id"), description="The category as it is now."
    )


@strawberry.type
class TaxonomyMutations:
    @mutation("Make a tag.")
    async def create_tag(work: Work, input: CreateTagInput) -> TagPayload:
        tag = await taxonomy.create_tag(work, input.name, known(input.slug))
        return TagPayload(tag_id=tag.id)

    @mutation("Rename a tag.")
    async def update_tag(work: Work, input: UpdateTagInput) -> TagPayload:
        changes = given(input, "name", "slug")
        tag = await taxonomy.update_tag(work, input.id, changes, known(input.if_version))
        return TagPayload(tag_id=tag.id)

    @mutation("Make several tags one, on everything that has them.")
    async def merge_tags(work: Work, input: MergeTagsInput) -> TagPayload:
        merged = list(dict.fromkeys(input.from_ids))
        tag = await taxonomy.merge_tags(work, merged, input.into_id, known(input.if_version))
        return TagPayload(tag_id=tag.id)

    @mutation("Take a tag away from everything that has it.")
    async def delete_tag(work: Work, input: DeleteInput) -> DeletePayload:
        await taxonomy.delete_tag(work, input.id, known(input.if_version))
        return DeletePayload(deleted_id=input.id)

    @mutation("Make a category.")
    async def create_category(work: Work, input: CreateCategoryInput) -> CategoryPayload:
        new = taxonomy.NewCategory(
            input.name, known(input.slug), known(input.parent_id), known(input.description),
            known(input.position) or 0,
        )  # fmt: skip
        category = await taxonomy.create_category(work, new)
        return CategoryPayload(category_id=category.id)

    @mutation("Rename, describe or move a category.")
    async def update_category(work: Work, input: UpdateCategoryInput) -> CategoryPayload:
        changes = given(input, "name", "slug", "parent_id", "description", "position")
        category = await taxonomy.update_category(work, input.id, changes, known(input.if_version))
        return CategoryPayload(category_id=category.id)

    @mutation("Delete a category that is empty.")
    async def delete_category(work: Work, input: DeleteInput) -> DeletePayload:
        await taxonomy.delete_category(work, input.id, known(input.if_version))
        return DeletePayload(deleted_id=input.id)
