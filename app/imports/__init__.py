"""Brings content in from other systems, one module per file format and one per destination."""
