"""What holds for the table of routes, whatever its rows are."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from app.errors import StartupError
from app.rest import documents, values
from app.rest.door import made
from app.rest.plan import Plan
from app.rest.resources import RESOURCES, TAGS
from app.rest.route import Route
from app.rest.routes import ROUTES
from app.rest.validation import require_valid
from resolvers.execution import GRAPHQL

DIALECTS = made(GRAPHQL, "")
PLANS = DIALECTS["v1"].plans

KEBAB = re.compile(r"[a-z]+(-[a-z]+)*")
PARAMETER = re.compile(r"\{[a-zA-Z]+\}")
BESIDES = {"auth", "search"}  # what is done, not what there is: guidelines 3.3 and 10

BOUNDED = {
    "/sessions": "the latest 100",
    "/api-keys": "the newest 100",
    "/content-items/{id}/tags": "an item has 50 at most",
    "/content-items/{id}/relationships/tags": "the same",
    "/feature-flags": "they are declared in the code",
    "/categories/{id}/children": "editors make them; /categories?parent= has pages",
    "/categories/{id}/relationships/children": "the same",
}
"""Lists without pages, and why they need none."""

ELSEWHERE = {
    "publishContentItems": "one request does one thing: POST /content-items/{id}/publish",
    "archiveContentItems": "the same",
    "deleteContentItems": "the same",
    "startTotp": "a second factor is set up where a page shows its picture",
    "enableTotp": "the same",
    "disableTotp": "the same",
    "regenerateRecoveryCodes": "the same",
    "categories": "GET /categories has pages",
    "contentItems": "GET /content-items has pages",
    "contentItemBy": "GET /content-items takes a slug",
    "node": "every resource has an address of its own",
    "nodes": "the same",
    "auditLog": "administrators read it with GraphQL",
    "setFeatureFlag": "administrators set them with GraphQL",
}
"""What only GraphQL has, and why."""

each_plan = pytest.mark.parametrize(
    "plan", PLANS, ids=[f"{plan.route.method} {plan.route.path}" for plan in PLANS]
)


def levels(path: str) -> list[str]:
    return [part for part in path.split("/") if part and not PARAMETER.fullmatch(part)]


@pytest.mark.parametrize("version", DIALECTS)
def test_every_document_fits_the_schema(version):
    dialect = DIALECTS[version]
    assert [plan.route for plan in dialect.plans] == list(ROUTES)
    require_valid(GRAPHQL, dialect.plans)


def test_every_stored_operation_has_a_route():
    assert documents.texts().keys() == {one.operation for one in ROUTES if not one.document}


def test_every_address_and_method_is_there_once():
    places = Counter((route.method, PARAMETER.sub("{}", route.path)) for route in ROUTES)
    assert {place: count for place, count in places.items() if count > 1} == {}


@each_plan
def test_an_address_is_made_of_plural_nouns_in_kebab_case(plan):
    """Guidelines, 3.1: three levels at most."""
    first, *rest = names = levels(plan.route.path)
    assert first in RESOURCES.keys() | BESIDES
    assert all(map(KEBAB.fullmatch, names))
    assert 1 + len(rest) <= 3


@each_plan
def test_a_route_says_what_it_is_for(plan):
    assert re.fullmatch(r"[A-Z][^.]+[^.]", plan.route.summary)


@each_plan
def test_get_reads_and_everything_else_writes(plan):
    assert plan.operation.mutation is (plan.route.method != "GET")
    assert plan.route.method in {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_list_has_pages_or_ends_by_itself():
    lists = {plan.route.path for plan in PLANS if plan.many and not plan.operation.mutation}
    paged = {plan.route.path for plan in PLANS if plan.paged}
    assert lists - paged == BOUNDED.keys()


@each_plan
def test_a_list_with_pages_takes_a_size_and_a_cursor(plan):
    if plan.paged:
        assert {"first", "after", "offset"} <= plan.operation.variables.keys()


@each_plan
def test_parameters_and_fields_lead_somewhere(plan):
    route, variables = plan.route, plan.operation.variables
    for place in (*route.filters.values(), *route.options.values()):
        values.type_at(variables, place)
    for name in plan.names_of_path:
        values.type_at(variables, name if name in variables else f"input.{name}")
    assert {*route.replaces, *(route.accepts or ()), *route.renames} <= plan.body.keys()
    if route.changes:
        values.type_at(variables, f"input.{route.changes}")


@each_plan
def test_no_two_parameters_are_called_the_same(plan):
    for dialect in DIALECTS.values():
        (own,) = (one for one in dialect.plans if one.route is plan.route)
        parameters = [*dialect.parameters(own)]
        assert len(parameters) == len(set(parameters))


def test_what_put_replaces_is_all_that_patch_changes():
    """But for what is no part of the resource: a message, a condition."""
    plans = {(plan.route.method, plan.route.path): plan for plan in PLANS}
    for (method, path), plan in plans.items():
        if method == "PUT":
            patched = plans["PATCH", path].body.keys()
            left = patched - set(plan.route.replaces)
            assert left <= {"message", "authorId", "addTagIds", "removeTagIds", "fileName"}, path


def test_what_graphql_can_do_rest_can_too():
    roots = GRAPHQL.query_type.fields.keys() | GRAPHQL.mutation_type.fields.keys()
    assert roots - {plan.operation.root for plan in PLANS} == ELSEWHERE.keys()


@pytest.mark.parametrize(
    ("document", "attributes"),
    [
        ("query Wrong($id: ID!) { tag(id: $id) { ...Resource } }", "name colour"),
        ("query Wrong($id: ID!, $more: Int) { tag(id: $id) { ...Resource } }", "name"),
        ("query Wrong($id: ID!) { label(id: $id) { ...Resource } }", "name"),
        ("query Wrong($id: Id!) { tag(id: $id) { ...Resource } }", "name"),
        ("query Wrong($id: ID!) { tag(id: $id) { items { ...Resource } } }", "name"),
    ],
    ids=["attribute", "variable", "root field", "type", "field"],
)
def test_a_document_that_does_not_fit_stops_the_start(document, attributes):
    resource = replace(TAGS, attributes=attributes)
    route = Route("GET", "/wrong/{id}", "Wrong", resource, "Wrong", document=document)
    with pytest.raises(StartupError, match=r"GET /wrong/\{id\} does not fit the schema"):
        require_valid(GRAPHQL, [Plan(route, DIALECTS["v1"].kit, total=True)])


def test_an_operation_that_is_not_stored_stops_the_start():
    route = Route("GET", "/wrong", "Missing", TAGS, "Wrong")
    with pytest.raises(
        StartupError, match="GET /wrong does not fit the schema: there is no 'Missing'"
    ):
        Plan(route, DIALECTS["v1"].kit, total=True)
