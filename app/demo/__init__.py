"""A small believable community, so that an empty server has something to show."""

from app.demo.guests import invitation, new_password
from app.demo.load import load, load_if_empty

__all__ = ["invitation", "load", "load_if_empty", "new_password"]
