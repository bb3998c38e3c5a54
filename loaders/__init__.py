"""Batched reads: one statement for all the keys that a level of a query asks for."""

from loaders.base import Loader, Loaders

__all__ = ["Loader", "Loaders"]
