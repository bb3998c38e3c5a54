"""How large a document may be, refused before validation can become expensive.

graphql-core's validation is quadratic in places (Overlapping Fields Can Be Merged) and visits the
whole document, whatever operation is asked for. So every limit here holds for the document: all
its operations, and the fragments no operation uses.
"""

from dataclasses import dataclass, fields

from graphql import DocumentNode, GraphQLError

from engine.errors import QUERY_TOO_COMPLEX
from engine.shape import Shape, measure


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document accepted. Every number is inclusive.

    "As executed" counts a fragment wherever it is spread: ten spreads count ten times.
    """

    characters: int = 50_000
    """Length of the text; a longer one is not even parsed."""

    lines: int = 2_500
    """Lines of the text. Each error is located by counting lines, each comment needs a line."""

    tokens: int = 1_500
    """Lexical tokens, comments aside."""

    depth: int = 15
    """Fields inside one another, as executed. GraphiQL's introspection needs all 15."""

    nesting: int = 60
    """Selection sets inside one another, fragments included: bounds every later recursion."""

    aliases: int = 50
    """Aliased fields, as executed."""

    root_fields: int = 30
    """Fields at the top of one operation, as executed."""

    directives: int = 50
    """Directives, as written."""

    fragments: int = 100
    """Fragment definitions."""

    fields: int = 1_000
    """Fields and fragments selected, as executed."""

    repetitions: int = 4_000
    """Pairs of fields that share one place in the response, summed over all places.

    A name selected n times at one place makes n(n-1)/2 pairs: thirty components that each ask for
    `id` make 435. Validation compares every pair.
    """

    cost: int = 10_000
    """Objects one operation may fetch: see `engine.cost`, needs the variables' values."""


UNLIMITED = Limits(*(10**9 for _ in fields(Limits)))
"""For documents that a server wrote itself; what they may cost is for their variables to say."""


@dataclass(frozen=True, slots=True)
class _Words:
    found: str
    allowed: str
    advice: str


_SMALLER = "Split it into several requests."
_WORDS = {
    "characters": _Words("is {} characters long", "{}", "Pass long values as variables."),
    "lines": _Words("has {} lines", "{}", "Pass long values as variables."),
    "tokens": _Words("has {} tokens or more", "{}", _SMALLER),
    "depth": _Words("nests fields {} levels deep", "{}", "Fetch the inner levels separately."),
    "nesting": _Words(
        "nests braces {} levels deep, fragments included", "{}", "Use fewer nested fragments."
    ),
    "aliases": _Words("uses {} aliases", "{}", "Ask with a list of ids, or in several requests."),
    "root_fields": _Words("selects {} root fields in one operation", "{}", _SMALLER),
    "directives": _Words("uses {} directives", "{}", "Remove those it does not need."),
    "fragments": _Words("defines {} fragments", "{}", "Send only those the operation uses."),
    "fields": _Words("selects {} fields and fragments", "{}", _SMALLER),
    "repetitions": _Words(
        "repeats fields in the same place, {} pairs in all",
        "{} pairs",
        "Select each field once, or in fewer fragments.",
    ),
    "cost": _Words(
        "would fetch {} objects", "{}", "Ask for smaller pages (`first`, `limit`) or fewer levels."
    ),
}


def exceeded(limit: str, allowed: int, actual: int) -> GraphQLError:
    """The error for one exceeded limit; `actual` is a lower bound where counting stopped early."""
    words = _WORDS[limit]
    message = (
        f"The document {words.found.format(f'{actual:,}')};"
        f" {words.allowed.format(f'{allowed:,}')} allowed. {words.advice}"
    )
    extensions = {
        "code": QUERY_TOO_COMPLEX,
        "limit": limit,
        "allowed": allowed,
        "actual": actual,
    }
    return GraphQLError(message, extensions=extensions)


def check_text(text: str, limits: Limits) -> list[GraphQLError]:
    """What the text exceeds before it is parsed."""
    lines = 1 + text.count("\n") + text.count("\r") - text.count("\r\n")
    return _compare(limits, {"characters": len(text), "lines": lines})


def check_document(document: DocumentNode, limits: Limits) -> tuple[Shape, list[GraphQLError]]:
    """Measure a document and say what it exceeds; its repetitions only if nothing else does.

    A document whose fragments form a cycle has no size: its shape says `cyclic`, and the one
    validation rule worth running on it reports the cycle.
    """
    shape = measure(document)
    errors = _compare(limits, shape.sizes)
    if not errors and not shape.cyclic:
        errors = _compare(limits, {"repetitions": shape.count_repetitions()})
    return shape, errors


def _compare(limits: Limits, sizes: dict[str, int]) -> list[GraphQLError]:
    allowed = {name: getattr(limits, name) for name in sizes}
    return [
        exceeded(name, allowed[name], actual)
        for name, actual in sizes.items()
        if actual > allowed[name]
    ]
