"""Schemas of the documents that are answered with: data, what is beside it, and links."""

from app.pagination import MAX_SIZE
from app.rest.dialect import Dialect
from app.rest.openapi.components import Node
from app.rest.openapi.includes import ways
from app.rest.openapi.objects import ADDRESS, Objects, linkage, pascal, title
from app.rest.openapi.schemas import Schemas, nullable, opened
from app.rest.plan import Plan
from app.rest.resource import Resource

COUNT: Node = {"type": "integer", "minimum": 0}
PAGES = {"v1": ("first", "last", "next", "prev"), "v2": ("first", "prev", "next")}
SCORE = "How well it fits: more is better. Comparable within one search only."


class Answers:
    def __init__(self, dialect: Dialect, schemas: Schemas) -> None:
        self._dialect = dialect
        self._schemas = schemas
        self._objects = Objects(dialect, schemas)

    def document(self, plan: Plan) -> Node:
        """Of what an operation answers with when it went well."""
        return self._schemas.components.schema(_name(plan), lambda: self._document(plan))

    def beside(self, plan: Plan) -> Node:
        """Of the document of what was done by somebody who may not see it."""
        return opened(self._about | {"meta": self._meta(plan)})

    @property
    def _about(self) -> Node:
        if self._dialect.version == "v1":
            return {}
        make = lambda: opened({"version": {"type": "string", "const": "1.1"}})  # noqa: E731
        return {"jsonapi": self._schemas.components.schema("JsonApi", make)}

    def _document(self, plan: Plan) -> Node:
        resource, properties = plan.resource, self._about
        if self._objects.flat(resource):
            properties |= self._flat(resource)
        properties["data"] = self._data(plan)
        if plan.operation.spread != "Hits" and not plan.route.linkage and any(ways(resource)):
            properties["included"] = self._objects.included(resource)
        if plan.operation.besides:
            properties["meta"] = self._meta(plan)
        elif plan.paged and self._dialect.total:
            properties["meta"] = self._schemas.components.schema("PageMeta", _page_meta)
        if not self._objects.flat(resource):
            properties["links"] = self._links(plan)
        optional = ["included", *(self._flat(resource) if self._objects.flat(resource) else ())]
        return opened(properties, *(name for name in optional if name != "token_type"))

    def _flat(self, resource: Resource) -> Node:
        bearer = {"type": "string", "const": "Bearer"}
        return {"token_type": bearer, **self._objects.attributes(resource)}

    def _data(self, plan: Plan) -> Node:
        if plan.operation.spread == "Hits":
            return {"type": "array", "items": self._hit(plan), "maxItems": MAX_SIZE}
        if plan.route.linkage:
            one = self._objects.identifier(plan.resource)
            return linkage(one, many=True) if plan.many else self._one(plan, one)
        one = self._objects.resource(plan.resource, linked=not plan.route.unlinked)
        if plan.many:
            return {"type": "array", "items": one, **({"maxItems": MAX_SIZE} if plan.paged else {})}
        return self._one(plan, one)

    def _one(self, plan: Plan, one: Node) -> Node:
        return nullable(one) if plan.route.nullable else one

    def _hit(self, plan: Plan) -> Node:
        types = dict.fromkeys(shape.type for shape in plan.prepared().shapes.values())
        meta = self._schemas.components.schema("HitMeta", _hit_meta)
        hits = [self._objects.hit(_of_type(self._dialect, type), meta) for type in types]
        return {"oneOf": hits}

    def _meta(self, plan: Plan) -> Node:
        payload = self._dialect.kit.schema.type_map[_payload(plan, self._dialect)]
        name = self._dialect.name
        return opened(
            {
                name(field): {
                    **self._schemas.value(payload.fields[field].type),  # type: ignore[attr-defined]
                    "description": payload.fields[field].description,  # type: ignore[attr-defined]
                }
                for field in plan.operation.besides
            }
        )

    def _links(self, plan: Plan) -> Node:
        pages = PAGES[self._dialect.version] if plan.paged else ()
        links = {"self": ADDRESS, **{name: nullable(ADDRESS) for name in pages}}
        if plan.route.linkage:
            links["related"] = ADDRESS
        name = ("Linkage" if plan.route.linkage else "") + ("Page" if plan.paged else "Self")
        return self._schemas.components.schema(f"{name}Links", lambda: opened(links))


def _payload(plan: Plan, dialect: Dialect) -> str:
    mutations = dialect.kit.schema.mutation_type
    assert mutations
    return str(mutations.fields[plan.operation.root].type).rstrip("!")


def _of_type(dialect: Dialect, type: str) -> Resource:
    return next(one for one in dialect.kit.resources.values() if dialect.type(one) == type)


def _page_meta() -> Node:
    return opened(
        {
            "page": {"type": "integer", "minimum": 1},
            "per_page": {"type": "integer", "minimum": 1, "maximum": MAX_SIZE},
            "total": COUNT | {"description": "How many there are on all pages."},
            "pages": {"type": "integer", "minimum": 1},
        }
    )


def _hit_meta() -> Node:
    field = {"type": "string", "description": "`title` or `text`."}
    html = {"type": "string", "description": "A piece of it, the words in `<mark>`."}
    pieces = {"type": "array", "items": opened({"field": field, "html": html})}
    return opened({"score": {"type": "number", "description": SCORE}, "highlights": pieces})


def _name(plan: Plan) -> str:
    """What a document is called: `ContentItemPage`, `TagLinkageList`, `MediaOrNullDocument`."""
    if plan.operation.spread == "Hits":
        return "SearchPage"
    kind = "Page" if plan.paged else "List" if plan.many else "Document"
    parts = [
        "Unlinked" if plan.route.unlinked else "",
        title(plan.resource),
        "OrNull" if plan.route.nullable and not plan.many else "",
        "Linkage" if plan.route.linkage else "",
        "".join(f"With{pascal(name)}" for name in plan.operation.besides),
    ]
    return "".join(parts) + kind
