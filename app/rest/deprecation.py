"""Which versions and routes are to be left, since when and until when, told in every answer."""

from collections.abc import Collection, Mapping

from app.environment import variable
from app.errors import StartupError
from app.http.conditions import http_date
from app.setting_values import Deprecation


def require_known(deprecations: Mapping[str, Deprecation], known: Collection[str]) -> None:
    """Raises StartupError for what there is not, so that no date is told to nobody."""
    for name in deprecations:
        if name not in known:
            raise StartupError(f"{variable('deprecations')}: there is no `{name}`")


def headers(
    deprecations: Mapping[str, Deprecation], version: str, route: str = ""
) -> dict[str, str]:
    """`Deprecation` (RFC 9745), `Sunset` (RFC 8594) and the successor of a route: its own entry
    (`GET /api/v1/users/{id}`), or else that of its version (`v1`)."""
    found = deprecations.get(route) or deprecations.get(version)
    if found is None:
        return {}
    told = {"Deprecation": f"@{int(found.since.timestamp())}"}
    if found.sunset:
        told["Sunset"] = http_date(found.sunset)
    links = []
    if found.successor:
        links.append(f'<{found.successor}>; rel="successor-version"')
    if found.documentation:
        links.append(f'<{found.documentation}>; rel="deprecation"; type="text/html"')
    if links:
        told["Link"] = ", ".join(links)
    return told
