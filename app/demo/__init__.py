"""A small believable community, so that an empty server has something to show."""

from app.demo.load import load, load_if_empty

__all__ = ["load", "load_if_empty"]
