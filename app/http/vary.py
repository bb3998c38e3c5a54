"""What an answer depends on, told to caches (RFC 9110, 12.5.5)."""

Header = tuple[bytes, bytes]
Headers = list[Header]


def vary(headers: Headers, on: bytes) -> None:
    """Adds the name of a request's header to `Vary`, once."""
    for index, (name, value) in enumerate(headers):
        if name == b"vary":
            if on.lower() not in value.lower().replace(b" ", b"").split(b","):
                headers[index] = (name, value + b", " + on)
            return
    headers.append((b"vary", on))
