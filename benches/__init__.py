"""Measures the server; `scripts/bench` runs it, README.md says how to read it."""
