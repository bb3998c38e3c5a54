"""An operation: its name, what it takes, and all that it may answer."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import get_named_type

from app.rest.dialect import Dialect
from app.rest.openapi import access, errors, headers
from app.rest.openapi.access import Permissions
from app.rest.openapi.answers import Answers
from app.rest.openapi.bodies import Bodies
from app.rest.openapi.components import Components, Node
from app.rest.openapi.examples import Examples
from app.rest.openapi.links import links
from app.rest.openapi.objects import pascal
from app.rest.openapi.parameters import Parameters
from app.rest.openapi.schemas import Schemas
from app.rest.openapi.tags import tag
from app.rest.plan import Plan

NULL = re.compile(r"; null (where|for) [^.]*")
"""What is null in GraphQL is not found in REST."""


class Operations:
    def __init__(self, dialect: Dialect, components: Components, permissions: Permissions) -> None:
        self._dialect = dialect
        self._components = components
        self._permissions = permissions
        self._parameters = Parameters(dialect, components)
        self._bodies = Bodies(dialect, components)
        self._answers = Answers(dialect, Schemas(components, dialect.name))
        self._examples = Examples(dialect.version)
        self._names = names(dialect.plans)

    def of(self, plan: Plan) -> Node:
        name = self._names[plan]
        example = self._examples.of(name)
        parameters = [
            *self._parameters.of_path(plan, example.get("path", {})),
            *self._parameters.of_query(plan),
            *headers.of_request(plan, self._components),
        ]
        body = self._bodies.of(plan, name, example)
        access_text = access.told(plan, self._permissions)
        return {
            "operationId": self._components.prefix + name,
            "tags": [self._components.prefix + tag(plan)],
            "summary": plan.route.summary,
            "description": f"{_meaning(plan, self._dialect)}\n\n{access_text}".strip(),
            "x-permission": access.permission(plan, self._permissions).value,
            "security": access.security(plan, self._permissions),
            "parameters": parameters,
            **({"requestBody": body} if body else {}),
            "responses": {
                **_with_answer(self._went_well(plan), example),
                **errors.responses(
                    self._dialect, self._components, self._examples, self._statuses(plan)
                ),
            },
        }

    def _went_well(self, plan: Plan) -> Node:
        if not plan.operation.mutation:
            return {"200": self._read(plan), "304": self._answer("It did not change.", "ETag")}
        done = "Done. There is nothing to show, or you may not see it."
        found: Node = {}
        if plan.operation.spread:
            found = self._written(plan)
        if not plan.operation.besides:
            applied = ("Preference-Applied",) if plan.operation.spread else ()
            found["204"] = self._answer(done, *applied)
        return found

    def _read(self, plan: Plan) -> Node:
        extra = ["Vary", "ETag"]
        if plan.marks:
            extra.append("Last-Modified")
        if plan.paged and self._dialect.total:
            extra += ["X-Total-Count", "X-Pagination-Pages"]
        return self._answer("It is here.", *extra) | self._content(self._answers.document(plan))

    def _written(self, plan: Plan) -> Node:
        shown = self._answers.document(plan)
        extra = [] if plan.route.secret else ["ETag"]
        extra += ["Idempotent-Replayed"] if plan.route.method == "POST" else []
        extra.append("Preference-Applied")
        ok = self._answer("Done.", *extra)
        if plan.operation.besides:
            ok |= self._content({"anyOf": [shown, self._answers.beside(plan)]})
        else:
            ok |= self._content(shown)
        if plan.route.status != 201:
            return {"200": ok}
        made = self._answer("Made.", "Location", *extra) | self._content(shown)
        if own := links(plan, self._dialect.plans, self._names, self._components):
            made["links"] = own
        return {"201": made, **({"200": ok} if plan.operation.besides else {})}

    def _answer(self, text: str, *extra: str) -> Node:
        return {"description": text, "headers": headers.of_answer(self._components, *extra)}

    def _content(self, schema: Node) -> Node:
        return {"content": {self._dialect.media_type: {"schema": schema}}}

    def _statuses(self, plan: Plan) -> set[int]:
        found = {400, 401, 403, 406, 429, 500, 503, 504}
        numbered = plan.paged and self._dialect.total
        inner = not (plan.operation.mutation or plan.many) and len(plan.operation.way) > 1
        if plan.names_of_path or numbered or inner:
            found.add(404)
        if not plan.operation.mutation:
            return found | {412}
        found |= {409, 422}
        if self._dialect.version == "v2" and any(
            to.replace in plan.body for to in plan.resource.relationships.values()
        ):
            found.add(404)
        if plan.takes_body:
            found |= {413, 415}
        if plan.conditional:
            found.add(412)
            if plan.route.method in ("PUT", "PATCH"):
                found.add(428)
        return found


def _with_answer(responses: Node, example: Mapping[str, Any]) -> Node:
    if "answer" in example:
        (content,) = responses[str(example["status"])]["content"].values()
        content["example"] = example["answer"]
    return responses


def _meaning(plan: Plan, dialect: Dialect) -> str:
    """What GraphQL says of the field that is run."""
    schema, way = dialect.kit.schema, plan.operation.way
    if plan.operation.mutation:
        assert schema.mutation_type
        return schema.mutation_type.fields[plan.operation.root].description or ""
    owner: Any = schema.query_type
    for step in way[:-1]:
        owner = get_named_type(owner.fields[step].type)
    return NULL.sub("", owner.fields[way[-1]].description or "")


def names(plans: Iterable[Plan]) -> Mapping[Plan, str]:
    """What each operation is called: the GraphQL operation's name, and more where several routes
    run it."""
    given = {plan: _name(plan) for plan in plans}
    counts = Counter(given.values())
    seen: set[str] = set()
    for plan, name in given.items():
        if counts[name] > 1 and name in seen:
            parts = [part for part in plan.route.path.split("/") if part and part[0] != "{"]
            given[plan] = f"{name}At{''.join(map(pascal, parts))}"
        seen.add(name)
    return given


def _name(plan: Plan) -> str:
    name = plan.route.operation
    if plan.route.method == "PUT":
        name = name.replace("Update", "Replace", 1)
    if plan.route.linkage and plan.route.method == "GET":
        name += "Linkage"
    return name[0].lower() + name[1:]
