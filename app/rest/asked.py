"""What the address of a request asks for."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from app.rest import values
from app.rest.failures import Failure, Refused
from app.rest.plan import Fields, Paths

MAX_PARAMETERS = 100

Query = dict[str, str]


@dataclass(slots=True)
class Asked:
    """A request as its address has it. `places` tells which parameter a variable's value is from;
    `size` and `number` are those of a page."""

    path: str
    query: Query
    variables: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    fields: Fields = frozenset()
    include: Paths = frozenset()
    size: int = 0
    number: int = 1

    def put(self, place: str, value: Any, parameter: str) -> None:
        values.put(self.variables, place, value)
        self.places[place] = parameter

    def address(self, **changed: str | int | None) -> str:
        """This address with other parameters; those that are None are gone."""
        query = {**self.query, **changed}
        text = urlencode({name: value for name, value in query.items() if value is not None},
                         quote_via=quote, safe=",:")  # fmt: skip
        return f"{self.path}?{text}" if text else self.path


def pairs(query: str) -> Query:
    """The parameters of an address, each once. Raises Refused (400)."""
    try:
        given = parse_qsl(query, keep_blank_values=True, errors="strict",
                          max_num_fields=MAX_PARAMETERS)  # fmt: skip
    except ValueError:  # UnicodeDecodeError is one, too
        detail = f"Send at most {MAX_PARAMETERS} parameters, in UTF-8"
        raise Refused([Failure(400, "INVALID_PARAMETER", detail)]) from None
    once: Query = {}
    for name, text in given:
        if name in once:
            detail = f"`{name}` is given twice: give it once, a list with commas in between"
            raise Refused.parameter(name, detail)
        once[name] = text
    return once
