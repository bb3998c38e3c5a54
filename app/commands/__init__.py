"""The commands of `thinkalike` that need no GraphQL, one per file (cli.py lists them)."""
