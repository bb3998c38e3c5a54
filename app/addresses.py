"""What an address on the network says of who is there."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address


@lru_cache(1_000)
def one_client(address: str) -> str:
    """What one client has: a single address of IPv4, but 2^64 of IPv6 (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{int(parsed) >> 64:x}::/64"
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
