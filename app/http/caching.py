"""For whom and how long an answer may be kept (RFC 9111), and what it depends on."""

from app.permissions import Actor
from app.settings import Settings

NO_STORE = {"Cache-Control": "no-store"}
"""For errors, secrets, and whatever follows a write."""


def kept(actor: Actor, settings: Settings) -> dict[str, str]:
    """`Cache-Control` and `Vary` of a read that went well.

    Caches of all may keep what anybody is shown, and ask again after `public_max_age`; what
    somebody is shown is for that one's own cache, and asked for again each time.
    """
    depends = ["Accept", "Authorization", "X-API-Key"]
    if settings.session_cookies:
        depends.append("Cookie")
    return {"Cache-Control": _control(actor, settings.public_max_age), "Vary": ", ".join(depends)}


def _control(actor: Actor, seconds: int) -> str:
    if actor.user_id is not None:
        return "private, no-cache"
    return f"public, max-age={seconds}, must-revalidate" if seconds else "public, no-cache"
