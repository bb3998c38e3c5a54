"""One cache of documents: each text is parsed, measured and validated once.

Failures are kept like successes, so that repeating a bad document is cheap too. Used from one
event loop; not safe for threads.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    assert_valid_schema,
    parse,
)
from graphql.language.parser import MAX_NESTING_DEPTH

from engine.cost import sizing_variables
from engine.errors import GRAPHQL_PARSE_FAILED, coded
from engine.limits import Limits, check_document, check_text, exceeded
from engine.prepared import Prepared
from engine.validation import Validation

ENTRY_BYTES = 2_000
TOKEN_BYTES = 400
"""Memory of a kept document, apart from its text: measured 380 bytes a token on Python 3.11."""

# Is entered around what is done of a document: `parse`, `validate`.
Phase = Callable[[str], AbstractContextManager[object]]

_NO_FRAGMENTS: Mapping[str, FragmentDefinitionNode] = MappingProxyType({})


class Documents:
    """Prepared documents by their text, the least recently used forgotten first.

    `max_bytes` is an estimate of memory: a token weighs a hundred times its text, so bounding the
    text alone would let short tokens fill the memory.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        max_count: int = 1_000,
        max_bytes: int = 64_000_000,
        hide_suggestions: bool = False,
        introspection: bool = True,
        phase: Phase = nullcontext,
    ) -> None:
        assert_valid_schema(schema)
        self.limits = limits
        self._schema = schema
        self._validation = Validation(
            schema, hide_suggestions=hide_suggestions, introspection=introspection
        )
        self._max_count, self._max_bytes = max_count, max_bytes
        self._phase = phase
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, text: str) -> bool:
        return text in self._kept

    def prepare(self, text: str) -> Prepared:
        """The document of this text, its errors included; never raises for what a client sent."""
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        prepared = self._prepare(text)
        if len(text) <= self.limits.characters:
            self._keep(prepared)
        return prepared

    def _keep(self, prepared: Prepared) -> None:
        self._kept[prepared.text] = prepared
        self._bytes += weight(prepared)
        while self._kept and (len(self._kept) > self._max_count or self._bytes > self._max_bytes):
            _, forgotten = self._kept.popitem(last=False)
            self._bytes -= weight(forgotten)

    def _prepare(self, text: str) -> Prepared:
        if errors := check_text(text, self.limits):
            return self._refused(text, errors)
        try:
            with self._phase("parse"):
                document = parse(text, max_lexical_tokens=self.limits.tokens)
        except GraphQLSyntaxError as error:
            return self._refused(text, [_unparsed(error, self.limits)])
        with self._phase("validate"):
            shape, errors = check_document(document, self.limits)
            errors = errors or self._validation.check(document, cyclic=shape.cyclic)
        if errors:
            return self._refused(text, errors)
        return Prepared(
            text=text,
            document=document,
            errors=(),
            fragments=MappingProxyType(dict(shape.fragments)),
            schema=self._schema,
            sizing=sizing_variables(document),
        )

    def _refused(self, text: str, errors: list[GraphQLError]) -> Prepared:
        return Prepared(text, None, tuple(errors), _NO_FRAGMENTS, self._schema)


def weight(prepared: Prepared) -> int:
    """Estimated bytes of memory. `document` is None, and so costs nothing, after an error."""
    messages = sum(sys.getsizeof(error.message) for error in prepared.errors)
    return ENTRY_BYTES + sys.getsizeof(prepared.text) + messages + TOKEN_BYTES * prepared.tokens


def _unparsed(error: GraphQLSyntaxError, limits: Limits) -> GraphQLError:
    """A syntax error, or the parser's own refusal to go on (told apart by graphql-core's words)."""
    words = error.message.removeprefix("Syntax Error: ")
    if words.startswith("Document contains more than"):
        return exceeded("tokens", limits.tokens, limits.tokens + 1)
    if words.startswith("Document is nested too deeply"):
        return exceeded("nesting", MAX_NESTING_DEPTH, MAX_NESTING_DEPTH + 1)
    return coded(error, GRAPHQL_PARSE_FAILED)
