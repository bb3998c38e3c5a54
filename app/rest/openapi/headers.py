"""Headers of requests and of answers."""

from collections.abc import Iterator

from graphql import is_required_input_field

from app.rest.openapi.components import Components, Node
from app.rest.plan import Plan

TAG = {"type": "string", "pattern": r'^(W/)?"[!#-~]*"$'}
TEXT: Node = {"type": "string"}
DATE: Node = {"type": "string", "description": "A date as HTTP has it (RFC 9110, 5.6.7)."}

REQUEST: dict[str, tuple[str, Node, str]] = {
    "RequestId": (
        "X-Request-ID", TEXT,
        (
            "What the request is found by in the server's log: 100 letters, digits, `_`, `.`, `:` "
            "and `-` at most. Made by the server when it is left out or something else."
        ),
    ),
    "IfNoneMatch": (
        "If-None-Match", TEXT, "The ETag that you have: what is still so is not sent again.",
    ),
    "IfModifiedSince": (
        "If-Modified-Since", TEXT,
        "The `Last-Modified` that you have; counts when `If-None-Match` is not sent.",
    ),
    "IfMatch": (
        "If-Match", TAG,
        (
            "The ETag that you read: nothing is done when somebody else changed it in between "
            "(412). Servers may be set to want it (428)."
        ),
    ),
    "IdempotencyKey": (
        "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255},
        (
            "Made by you for one thing to be done: however often it is sent under this key in 24 "
            "hours, it is done once, and the first answer is given again."
        ),
    ),
    "Prefer": (
        "Prefer", TEXT,
        "`return=minimal` for an answer without a body (RFC 7240); other preferences are ignored.",
    ),
}  # fmt: skip

ANSWER: dict[str, tuple[str, Node]] = {
    "X-Request-ID": ("What the request is found by in the server's log.", TEXT),
    "Cache-Control": ("Who may keep the answer, and for how long.", TEXT),
    "Vary": ("Which headers of the request the answer depends on.", TEXT),
    "ETag": ("What the answer is known by: send it as `If-None-Match` or `If-Match`.", TEXT),
    "Last-Modified": ("When it was last changed.", DATE),
    "Location": ("Where the new resource is.", {"type": "string", "format": "uri-reference"}),
    "Idempotent-Replayed": ("`true`: this was done before.", TEXT),
    "Preference-Applied": ("What of `Prefer` was followed.", TEXT),
    "X-Total-Count": ("How many there are on all pages.", {"type": "integer", "minimum": 0}),
    "X-Pagination-Pages": ("How many pages there are.", {"type": "integer", "minimum": 1}),
    "WWW-Authenticate": ("How to prove who you are (RFC 6750).", TEXT),
    "RateLimit": ("What is left to spend, `r`, and seconds, `t`, until there is more.", TEXT),
    "RateLimit-Policy": ("How much there is, `q`, and seconds, `w`, in which it comes back.", TEXT),
    "Retry-After": ("After how many seconds to try again.", {"type": "integer", "minimum": 0}),
}
ALWAYS = ("X-Request-ID", "Cache-Control")


def of_request(plan: Plan, components: Components) -> Iterator[Node]:
    names = ["RequestId"]
    if not plan.operation.mutation:
        names.append("IfNoneMatch")
        if plan.marks:
            names.append("IfModifiedSince")
    if plan.conditional:
        names.append("IfMatch")
    if plan.operation.mutation:
        if plan.route.method == "POST" and not _secret(plan):
            names.append("IdempotencyKey")
        if plan.operation.spread:
            names.append("Prefer")
    for key in names:
        name, schema, text = REQUEST[key]
        node = {"name": name, "in": "header", "description": text, "schema": schema}
        yield components.put("parameters", key, node)


def _secret(plan: Plan) -> bool:
    """What deals in secrets is not stored to be answered again."""
    needed = (name for name, field in plan.body.items() if is_required_input_field(field))
    return plan.route.secret or any(name in ("password", "newPassword") for name in needed)


def of_answer(components: Components, *names: str) -> Node:
    """The headers of these names, and those that every answer has."""
    return {name: _header(components, name) for name in (*ALWAYS, *names)}


def _header(components: Components, name: str) -> Node:
    text, schema = ANSWER[name]
    node: Node = {"description": text, "schema": schema}
    if name in ALWAYS:
        node["required"] = True
    return components.put("headers", name, node)
