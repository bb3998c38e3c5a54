"""Which media type an answer has."""

from app.http.remembered import remembered

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"

NAMED = 2
UNWANTED = (0.0, 0)


def negotiate(accept: str | None) -> str | None:
    """The media type to answer with; None when none of ours is acceptable.

    Clients name JSON and a stream of events side by side and expect JSON, so events are sent only
    to who wants them more than either. Without a wish it is plain JSON, as older clients expect.
    """
    return _wanted(accept) if accept else JSON


@remembered
def _wanted(accept: str) -> str | None:
    wishes = [_wish(part) for part in accept.split(",")]
    response, plain = _quality(RESPONSE, wishes), _quality(JSON, wishes)
    if max((q for wish, q in wishes if wish == EVENTS), default=0) > max(response, plain)[0]:
        return EVENTS
    if plain == UNWANTED:
        return RESPONSE if response > UNWANTED else None
    return RESPONSE if response >= plain and response[1] == NAMED else JSON


def _wish(part: str) -> tuple[str, float]:
    range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return range, float(value)
            except ValueError:
                return range, 0.0
    return range, 1.0


def _quality(offer: str, wishes: list[tuple[str, float]]) -> tuple[float, int]:
    """How much an offer is wanted, by the most specific range that covers it."""
    ranges = ("*/*", offer.split("/", maxsplit=1)[0] + "/*", offer)
    covering = [(ranges.index(range), q) for range, q in wishes if range in ranges]
    if not covering:
        return UNWANTED
    specific, q = max(covering)
    return (q, specific) if q > 0 else UNWANTED
