"""The dialect of the guidelines, 3.3 and 3.4: numbered pages, snake_case, plain JSON bodies."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.pagination import MAX_OFFSET, MAX_SIZE
from app.rest import choices, inputs, names
from app.rest.asked import Asked
from app.rest.dialect import Dialect
from app.rest.failures import PROBLEM, Refused
from app.rest.media_types import accepted, preference
from app.rest.plan import Plan
from app.rest.resource import Resource
from app.rest.resources import TOKENS

JSON = "application/json"
DEFAULT_SIZE = 25
MAX_PAGE = 2_000_000_000

_FIELDS = re.compile(r"fields\[([\w-]+)\]")
_WHOLE = re.compile(r"\d{1,10}", re.ASCII)


class V1(Dialect):
    version = "v1"
    media_type = JSON
    total = True

    @staticmethod
    def name(name: str) -> str:
        return names.snake(name)

    @staticmethod
    def type(resource: Resource) -> str:
        return resource.one

    def require_acceptable(self, accept: str) -> None:
        if not (accepted(accept, JSON) or preference(accept, PROBLEM)):
            raise Refused.one(406, "NOT_ACCEPTABLE", f"Accept {JSON}", {"header": "Accept"})

    def require_readable(self, content_type: str) -> None:
        type, *parameters = content_type.lower().split(";")
        charset = dict(one.strip().partition("=")[::2] for one in parameters).get(
            "charset", "utf-8"
        )
        if type.strip() != JSON or charset.strip('"') not in ("utf-8", "utf8"):
            detail = f"Send {JSON} in UTF-8"
            raise Refused.one(415, "UNSUPPORTED_MEDIA_TYPE", detail, {"header": "Content-Type"})

    def filter(self, name: str) -> str:
        return "q" if name == "query" else self.name(name)

    def special(self, plan: Plan, asked: Asked, name: str, text: str) -> bool:
        if name in ("page", "per_page") and plan.paged:
            most = MAX_SIZE if name == "per_page" else MAX_PAGE
            if not (_WHOLE.fullmatch(text) and 1 <= int(text) <= most):
                raise Refused.parameter(name, f"`{name}` is a whole number from 1 to {most}")
            return True
        if name in ("after", "before") and plan.paged and name in plan.operation.variables:
            asked.put(name, text, name)
            return True
        if name == "order":
            if text not in ("asc", "desc") or "sort" not in asked.query:
                raise Refused.parameter(name, "`order` is `asc` or `desc`, and goes with `sort`")
            return bool(plan.sorts)
        if name == "sort":
            descending = asked.query.get("order") == "desc"
            return choices.sort(plan, asked, ((key, descending) for key in text.split(",")))
        if name == "fields":
            return plan.operation.spread != "Hits" and choices.fields(
                plan, asked, name, text, self.type(plan.resource)
            )
        if match := _FIELDS.fullmatch(name):
            return choices.fields(plan, asked, name, text, match[1])
        return name == "include" and choices.include(plan, asked, text)

    def field_parameters(self, plan: Plan) -> Iterator[str]:
        if plan.operation.spread != "Hits":
            yield "fields"
        yield from super().field_parameters(plan)

    def parameters(self, plan: Plan) -> Iterator[str]:
        if plan.paged:
            yield from ("page", "per_page")
        if plan.sorts:
            yield from ("sort", "order")
        yield from super().parameters(plan)

    def paginate(self, plan: Plan, asked: Asked) -> None:
        asked.number = int(asked.query.get("page", 1))
        asked.size = size = int(asked.query.get("per_page", DEFAULT_SIZE))
        skipped = (asked.number - 1) * size
        cursor = next((name for name in ("after", "before") if name in asked.variables), None)
        asked.put("last" if cursor == "before" else "first", size, "per_page")
        if cursor:
            if skipped <= MAX_OFFSET:  # the links of the answer would lead elsewhere
                detail = f"`{cursor}` is a cursor of our links, for pages that have no number"
                raise Refused.parameter(cursor, detail)
            return
        if skipped > MAX_OFFSET:
            detail = f"Pages begin at item {MAX_OFFSET:,} at most: follow `links.next` beyond"
            raise Refused.parameter("page", detail)
        asked.put("offset", skipped, "page")

    def input(self, plan: Plan, given: Any, path: Mapping[str, str]) -> dict[str, Any]:
        if plan.route.changes:
            many = not plan.route.nullable
            return {plan.route.changes: inputs.identifiers(given, "", _identifier, many=many)}
        return inputs.renamed(given, plan.body, self._named(plan), "")

    def _named(self, plan: Plan) -> Any:
        renames = plan.route.renames
        return lambda field: renames.get(field) or self.name(field)

    def pointer(self, plan: Plan, path: Sequence[str | int]) -> str:
        if plan.route.within:
            path = path[1:]
        if plan.route.changes:
            return "".join(f"/{part}" for part in path[1:])
        named = self._named(plan)
        return "".join(f"/{named(part) if isinstance(part, str) else part}" for part in path)

    def one(self, asked: Asked, data: Any) -> dict[str, Any]:
        if data and data["type"] == TOKENS.one:  # as OAuth has it (RFC 6749, 5.1)
            return {"token_type": "Bearer", **data.pop("attributes"), "data": data}
        return super().one(asked, data)

    def listed(
        self, plan: Plan, asked: Asked, found: Mapping[str, Any], data: list[Any]
    ) -> dict[str, Any]:
        size, number, total = asked.size, asked.number, found["totalCount"]
        pages = max(1, -(-total // size))
        if number > pages:
            detail = f"The last page is {pages}"
            raise Refused.one(404, "NOT_FOUND", detail, {"parameter": "page"})
        place = found["pageInfo"]
        after = self._page(asked, number + 1, {"after": place["endCursor"]})
        cursor = place["startCursor"] if "before" in plan.operation.variables else None
        before = self._page(asked, number - 1, {"before": cursor})
        return {
            "data": data,
            "meta": {"page": number, "per_page": size, "total": total, "pages": pages},
            "links": {
                "self": self._page(asked, number, asked.variables),
                "first": self._page(asked, 1, {}),
                "last": self._page(asked, pages, {}),
                "next": after if number < pages else None,
                "prev": before if number > 1 else None,
            },
        }

    def headers(self, shown: Mapping[str, Any]) -> dict[str, str]:
        meta = shown.get("meta", {})
        if "pages" not in meta:
            return {}
        return {"X-Total-Count": str(meta["total"]), "X-Pagination-Pages": str(meta["pages"])}

    def _page(self, asked: Asked, number: int, cursor: Mapping[str, Any]) -> str | None:
        """The address of a page; where numbers end, by a cursor, or none."""
        near = (number - 1) * asked.size <= MAX_OFFSET
        cursors = {name: None if near else cursor.get(name) for name in ("after", "before")}
        if not near and not any(cursors.values()):
            return None
        return asked.address(page=number, per_page=asked.size, **cursors)


def _identifier(given: Any, pointer: str) -> str:
    """Raises Refused for what has no id: taken for null, it would clear the relationship."""
    if not (isinstance(given, dict) and isinstance(given.get("id"), str)):
        raise inputs.invalid(pointer, "A resource identifier is an object with an `id`")
    return str(given["id"])
