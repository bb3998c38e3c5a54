"""What is sent: each operation's example, in GraphQL's names, for every dialect to spell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.rest.dialect import Dialect
from app.rest.plan import Plan
from app.rest.resources import RESOURCES
from tests.rest.examples.world import ITEM, PASSWORD, World

WORLD = "@"
"""Begins the name of something in the world, where its id or moment is to stand."""

DEFAULTS = {
    "users": "ben", "content-items": "item", "media": "picture", "tags": "garden",
    "categories": "gardens", "sessions": "session", "api-keys": "key",
}  # fmt: skip

AT = {
    "getUser": "ada", "getUserProfileImage": "ada", "getUserProfileImageLinkage": "ada",
    "listUserContentItems": "ada", "listUserContentItemsLinkage": "ada",
    "reactivateUser": "dora", "publishContentItem": "draft", "scheduleContentItem": "draft",
    "restoreContentItem": "trashed", "purgeContentItem": "trashed", "deleteMedia": "unused",
    "getCategoryParent": "roses", "getCategoryParentLinkage": "roses", "deleteCategory": "roses",
    "getMediaUploadedBy": "picture",
}  # fmt: skip

TAG = {"name": "Rose garden", "slug": "rose-garden"}
CATEGORY = TAG | {"parentId": "@gardens", "description": "All about roses.", "position": 1}
PROFILE = {"fullName": "Benjamin Ash", "bio": "I write about trees.", "profileImageId": "@picture"}
PREFERENCES = {"theme": "DARK", "emailNotifications": False}
WRITTEN = ITEM | {
    "slug": "a-garden-in-june", "categoryId": "@gardens", "featuredImageId": "@picture",
    "tagIds": ["@garden"],
}  # fmt: skip
ACCOUNT = {
    "username": "mira", "email": "mira@example.org", "password": PASSWORD, "fullName": "Mira Sol",
}  # fmt: skip
SAID = {"altText": "A red rose", "caption": "In June", "title": "Rose"}

INPUTS: dict[str, dict[str, Any]] = {
    "registerUser": ACCOUNT,
    "registerUserAtAuthRegister": ACCOUNT,
    "replaceUser": PROFILE | {"preferences": PREFERENCES},
    "updateUser": {"bio": "I write about trees."},
    "eraseUserAtUsersErase": {"content": "REMOVE"},
    "assignRole": {"role": "EDITOR"},
    "replaceUserPreferences": PREFERENCES,
    "updateUserPreferences": {"theme": "DARK"},
    "createContentItem": WRITTEN | {"slug": "roses-in-june", "publish": True},
    "replaceContentItem": WRITTEN | {"message": "Wording"},
    "updateContentItem": {"summary": "What was in bloom.", "message": "Wording"},
    "scheduleContentItem": {"publishAt": "@soon"},
    "restoreRevision": {},
    "createPreviewToken": {"expiresIn": 3600},
    "uploadMedia": SAID,
    "replaceMedia": SAID,
    "updateMedia": {"altText": "A red rose"},
    "createTag": TAG,
    "replaceTag": TAG,
    "updateTag": {"name": "Rose garden"},
    "mergeTags": {"fromIds": ["@yard"]},
    "createCategory": CATEGORY,
    "replaceCategory": CATEGORY | {"parentId": None},
    "updateCategory": {"description": "Everything that grows."},
    "login": {"identifier": "ada", "password": PASSWORD},
    "refreshSession": {"refreshToken": ""},
    "verifyEmail": {"token": "verify"},
    "requestPasswordReset": {"email": "ben@example.org"},
    "resetPassword": {"token": "reset", "newPassword": "Copper-Meadow-93"},
    "changePassword": {"currentPassword": PASSWORD, "newPassword": "Copper-Meadow-93"},
    "createApiKey": {"name": "Site generator", "scopes": ["public:read"], "expiresIn": 2_592_000},
    "rotateApiKey": {"graceSeconds": 3600},
    "replaceUserProfileImage": {"": "@picture"},
    "replaceContentItemAuthor": {"": "@ben"},
    "replaceContentItemCategory": {"": "@roses"},
    "replaceContentItemFeaturedImage": {"": None},
    "replaceContentItemTags": {"": ["@yard"]},
    "addContentItemTags": {"": ["@yard"]},
    "removeContentItemTags": {"": ["@garden"]},
    "replaceCategoryParent": {"": None},
}
QUERIES = {"search": {"query": "roses"}, "eraseUser": {"eraseContent": "REMOVE"}}
GUESTS = {
    "registerUser", "registerUserAtAuthRegister", "login", "refreshSession", "verifyEmail",
    "requestPasswordReset", "resetPassword",
}  # fmt: skip
OF = {"changePassword": "ada", "requestEmailVerification": "ben"}


@dataclass(frozen=True)
class Sent:
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    who: str = "ada"


def example(dialect: Dialect, plan: Plan, name: str, world: World) -> Sent:
    who = "guest" if name in GUESTS else OF.get(name, "ada")
    return Sent(_path(plan, name, world), _query(dialect, plan, name), _body(
        dialect, plan, name, world), who,
    )  # fmt: skip


def _path(plan: Plan, name: str, world: World) -> dict[str, str]:
    parts = plan.route.path.split("/")
    one = world.ids.get(AT.get(name) or DEFAULTS.get(parts[1], ""), "")
    return {
        parameter: "1" if parameter in ("number", "revision") else one
        for parameter in plan.names_of_path
    }


def _query(dialect: Dialect, plan: Plan, name: str) -> dict[str, str]:
    size = {"v1": "per_page", "v2": "page[size]"}[dialect.version]
    asked = {dialect.name(key) if key != "query" else dialect.filter(key): value
             for key, value in QUERIES.get(name, {}).items()}  # fmt: skip
    return ({size: "1"} if plan.paged else {}) | asked


def _body(dialect: Dialect, plan: Plan, name: str, world: World) -> Any:
    if not plan.takes_body:
        return None
    input = {field: _spelt(dialect, value, world) for field, value in INPUTS[name].items()}
    if plan.route.changes:
        data = _identified(dialect, plan.resource.type, input[""])
        return {"data": data} if dialect.version == "v2" else data
    body: dict[str, Any] = {}
    if dialect.version == "v2" and not plan.form:
        body = {"data": {"type": plan.resource.type}}
        if plan.route.method in ("PUT", "PATCH") and plan.resource.id:
            body["data"]["id"] = next(iter(_path(plan, name, world).values()))
    outer = [plan.route.within] if plan.route.within else []
    for field_name, value in input.items():
        pointer = dialect.pointer(plan, [*outer, field_name])
        if plan.form:
            pointer = f"/{dialect.name(field_name)}"
        _put(body, pointer.split("/")[1:], _linked(dialect, plan, field_name, pointer, value))
    return body


def _spelt(dialect: Dialect, value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {dialect.name(name): _spelt(dialect, one, world) for name, one in value.items()}
    if isinstance(value, list):
        return [_spelt(dialect, one, world) for one in value]
    return world.named[value[1:]] if isinstance(value, str) and value.startswith(WORLD) else value


def _linked(dialect: Dialect, plan: Plan, field: str, pointer: str, value: Any) -> Any:
    """Ids, as a relationship has them where the dialect takes one."""
    to = [to for to in plan.resource.relationships.values() if to.replace == field]
    return _identified(dialect, to[0].type, value) if to and "/data/rel" in pointer else value


def _identified(dialect: Dialect, type: str, ids: Any) -> Any:
    if isinstance(ids, list):
        return [_identified(dialect, type, id) for id in ids]
    return None if ids is None else {"type": dialect.type(RESOURCES[type]), "id": ids}


def _put(body: dict[str, Any], way: list[str], value: Any) -> None:
    for name in way[:-1]:
        body = body.setdefault(name, {})
    body[way[-1]] = value
