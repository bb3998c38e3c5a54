"""Which media type an answer has."""

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"


def negotiate(accept: str | None) -> str | None:
    """The media type to answer with; None when none of ours is acceptable.

    JSON comes before a stream of events: clients name both and expect JSON, so only one that
    accepts nothing else is sent events. Without a wish it is plain JSON, as older clients expect.
    """
    if not accept:
        return JSON
    wishes = [_wish(part) for part in accept.split(",")]
    response, plain = _quality(RESPONSE, wishes), _quality(JSON, wishes)
    if max(response, plain) > (0, 0):
        return RESPONSE if response >= plain and response[1] == 2 else JSON
    return EVENTS if any(wish == EVENTS and q > 0 for wish, q in wishes) else None


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
        return (0, 0)
    specific, q = max(covering)
    return (q, specific) if q > 0 else (0, 0)
