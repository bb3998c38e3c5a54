"""graphql-core's validation with its work bounded, and its errors made fit to keep.

graphql-core meters two things that grow faster than the document and aborts when they run out.
Its budgets are module globals sized for one second and more; here each run gets its own.
"""

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoFragmentCyclesRule,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    UniqueFragmentNamesRule,
    ValidationContext,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule

from engine.errors import GRAPHQL_VALIDATION_FAILED, QUERY_TOO_COMPLEX, coded

MAX_ERRORS = 20
"""Errors reported before validation stops; graphql-core adds one that says so."""

MAX_SUGGESTED_ERRORS = 3
MAX_SUGGESTED_TOKENS = 500
"""Suggestions are for a person at a keyboard. Each compares a name with every name of the schema
(11 ms at 150 types), so a larger document, or one with more errors, gets none."""

WORK = 20_000
"""Units of work (1.5 µs each) spent on comparing fields; 4,000 pairs take about 15,000."""


class BoundedOverlappingFields(OverlappingFieldsCanBeMergedRule):
    """Overlapping Fields Can Be Merged, on a budget of WORK."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = WORK


_RULES: tuple[type[ASTValidationRule], ...] = tuple(
    BoundedOverlappingFields if rule is OverlappingFieldsCanBeMergedRule else rule
    for rule in specified_rules
)
# Of two fragments with one name, the first hides the second's cycle from the rule for cycles.
_CYCLE_RULES = (NoFragmentCyclesRule, UniqueFragmentNamesRule)
_ABORTED = "Validation aborted."


class Validation:
    """The rules for one schema."""

    def __init__(
        self, schema: GraphQLSchema, *, hide_suggestions: bool, introspection: bool
    ) -> None:
        self._schema = schema
        self._hide_suggestions = hide_suggestions
        self._rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)

    def check(self, document: DocumentNode, *, cyclic: bool = False) -> list[GraphQLError]:
        """The errors of a document within its limits, each with its code.

        A cyclic document is only told of its cycles: expanded it is infinite, and the other rules
        are not bounded on it.
        """
        rules = _CYCLE_RULES if cyclic else self._rules
        errors = self._validate(document, rules, hide_suggestions=True)
        if errors and self._worth_suggestions(document, errors):
            errors = self._validate(document, rules, hide_suggestions=False)
        return [_finished(error) for error in errors]

    def _worth_suggestions(self, document: DocumentNode, errors: list[GraphQLError]) -> bool:
        return (
            not self._hide_suggestions
            and len(errors) <= MAX_SUGGESTED_ERRORS
            and document.token_count <= MAX_SUGGESTED_TOKENS
        )

    def _validate(
        self,
        document: DocumentNode,
        rules: tuple[type[ASTValidationRule], ...],
        *,
        hide_suggestions: bool,
    ) -> list[GraphQLError]:
        return validate(self._schema, document, rules, MAX_ERRORS, hide_suggestions)


def _finished(error: GraphQLError) -> GraphQLError:
    if error.message != _ABORTED:
        return coded(error, GRAPHQL_VALIDATION_FAILED)
    return GraphQLError(
        "Validating the document takes too much work. Use fewer and smaller fragments.",
        extensions={
            "code": QUERY_TOO_COMPLEX,
            "limit": "work",
            "allowed": WORK,
            "actual": WORK + 1,
        },
    )
