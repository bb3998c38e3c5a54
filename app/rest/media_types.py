"""What a client accepts (RFC 9110, 12.5.1)."""

from collections.abc import Callable, Iterator, Mapping

from app.http.remembered import remembered

Parameters = Mapping[str, str]


@remembered
def accepted(accept: str, type: str, fits: Callable[[Parameters], bool] | None = None) -> bool:
    """Whether a type is accepted: by its own name, or else by the narrowest range that it is in.

    Where it is named, but only with parameters that do not fit, ranges do not count (JSON:API
    1.1, 5.2).
    """
    if not accept.strip():
        return True
    asked = list(ranges(accept))
    for name in (type, type.partition("/")[0] + "/*", "*/*"):
        named = [given for range, given in asked if range == name]
        if named:
            own = fits if name == type else None
            return any(quality(given) > 0 and (own is None or own(given)) for given in named)
    return False


def preference(accept: str, type: str) -> float:
    """The quality that a type is asked for with, by name; 0 where it is not."""
    return max((quality(given) for range, given in ranges(accept) if range == type), default=0.0)


def ranges(accept: str) -> Iterator[tuple[str, Parameters]]:
    for one in split(accept, ","):
        range, _, parameters = one.partition(";")
        yield range.strip().lower(), parameters_of(parameters)


def parameters_of(text: str) -> Parameters:
    pairs = (one.partition("=")[::2] for one in split(text, ";") if one.strip())
    return {name.strip().lower(): value.strip().strip('"') for name, value in pairs}


def quality(parameters: Parameters) -> float:
    try:
        return float(parameters.get("q", 1))
    except ValueError:
        return 0.0


def split(text: str, separator: str) -> list[str]:
    """The parts of a list; separators in quotes are none."""
    parts, begin, quoted = [], 0, False
    for index, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]
