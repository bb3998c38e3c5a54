"""The groups that operations are shown in."""

from app.rest.openapi.components import Node
from app.rest.plan import Plan

TAGS = {
    "users": ("Users", "People and their profiles."),
    "content-items": ("Content items", "What is written, its states and its revisions."),
    "media": ("Media", "Pictures, films, recordings and other files."),
    "tags": ("Tags", "The words that items are grouped by."),
    "categories": ("Categories", "The tree that items are sorted into."),
    "search": ("Search", "Everything by its words."),
    "auth": ("Signing in", "Accounts, passwords and tokens."),
    "sessions": ("Sessions", "Where you are signed in."),
    "api-keys": ("API keys", "What programs prove themselves with."),
    "feature-flags": ("Feature flags", "What is switched on."),
    "limits": ("Limits", "What this server takes."),
}


def tag(plan: Plan) -> str:
    return TAGS[plan.route.path.split("/")[1]][0]


def tags(prefix: str) -> list[Node]:
    return [{"name": prefix + name, "description": text} for name, text in TAGS.values()]
