"""What GraphQL's types do not say of an input's fields: lengths, ranges and patterns."""

from collections.abc import Mapping

from app.auth import passwords
from app.media import upload
from app.operations import media, slugs, taxonomy, users
from app.operations.accounts import api_keys, registration, sign_in
from app.operations.checks import CONTROL, MAX_EMAIL
from app.operations.content import changes, preview
from app.permissions import Role
from app.rest.openapi.components import Node

# A line may have any space around it. Patterns are the same to Python and to ECMAScript.
_VISIBLE, _INSIDE = rf"[^{CONTROL}\s]", rf"[^{CONTROL}\t\r\n]"
_ONE = rf"{_VISIBLE}({_INSIDE}*{_VISIBLE})?\s*"
_WORD = r"[^\x00-\x2f\x3a-\x60\x7b-\x7f]+"


def _text(most: int) -> Node:
    return {"maxLength": most, "pattern": f"^[^{CONTROL}]*$"}


def _line(most: int) -> Node:
    return {"minLength": 1, "maxLength": most, "pattern": rf"^\s*{_ONE}$"}


def _line_or_nothing(most: int) -> Node:
    return {"maxLength": most, "pattern": rf"^\s*({_ONE})?$"}


def _range(least: int, most: float) -> Node:
    return {"minimum": least, "maximum": int(most)}


_KEY_LIFE, _GRACE = api_keys.MAX_LIFETIME.total_seconds(), api_keys.MAX_GRACE.total_seconds()
_PASSWORD = {"minLength": passwords.MIN_CHARACTERS, "maxLength": passwords.MAX_CHARACTERS}
_SCOPES = {
    "minItems": 1,
    "maxItems": api_keys.MAX_SCOPES,
    "items": {"type": "string", "enum": sorted(api_keys.SCOPES)},
}

# By the name of a field, or by its input's name and its own where the name alone is not enough.
_BOUNDS: Mapping[str, Node] = {
    "slug": {"minLength": 1, "maxLength": slugs.MAX_SLUG, "pattern": f"^{_WORD}(-{_WORD})*$"},
    "title": _line(changes.MAX_TITLE),
    "kind": {"pattern": f"^{changes.KIND.pattern}$"},
    "summary": _text(changes.MAX_SUMMARY),
    "message": _text(changes.MAX_MESSAGE),
    "tagIds": {"maxItems": changes.MAX_TAGS},
    "addTagIds": {"maxItems": changes.MAX_TAGS},
    "removeTagIds": {"maxItems": changes.MAX_TAGS},
    "RichTextInput.value": _text(changes.MAX_BODY),
    "CreatePreviewTokenInput.expiresIn": _range(preview.SHORTEST, preview.LONGEST),
    "UploadMediaInput.title": _line_or_nothing(media.MAX_TITLE),
    "UpdateMediaInput.title": _line_or_nothing(media.MAX_TITLE),
    "altText": _text(media.MAX_ALT_TEXT),
    "caption": _text(media.MAX_CAPTION),
    "fileName": _line(upload.MAX_NAME),
    "name": _line(taxonomy.MAX_NAME),
    "description": _text(taxonomy.MAX_DESCRIPTION),
    "position": _range(0, taxonomy.MAX_POSITION),
    "fromIds": {"maxItems": taxonomy.MAX_MERGED},
    "AssignRoleInput.role": {"enum": [role.name for role in Role if role is not Role.GUEST]},
    "username": {"pattern": f"^{registration.USERNAME.pattern}$"},
    "email": {"format": "email", "maxLength": MAX_EMAIL},
    "fullName": _line_or_nothing(registration.MAX_FULL_NAME),
    "bio": _text(users.MAX_BIO),
    "identifier": _line(sign_in.MAX_IDENTIFIER),
    "RegisterUserInput.password": _PASSWORD,
    "newPassword": _PASSWORD,
    "CreateApiKeyInput.name": _line(api_keys.MAX_NAME),
    "CreateApiKeyInput.expiresIn": _range(1, _KEY_LIFE),
    "scopes": _SCOPES,
    "graceSeconds": _range(0, _GRACE),
}

_NEVER_NULL = {"UpdateContentItemInput.authorId", "UpdateMediaInput.fileName"}


def bounds(input: str, field: str) -> Node:
    """Keywords of JSON Schema for a field of a GraphQL input."""
    return dict(_BOUNDS.get(f"{input}.{field}") or _BOUNDS.get(field, {}))


def never_null(input: str, field: str) -> bool:
    """Whether a field can be left out, but not be null, although its type takes that."""
    return f"{input}.{field}" in _NEVER_NULL
