"""What the system can do: one module for each resource, one function for each verb.

Each takes the `Work` that it is part of, and in this order asks: may you, does it exist for you, is
it sensible; then it changes and tells. Nothing here commits.
"""
