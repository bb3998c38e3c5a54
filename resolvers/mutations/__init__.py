"""Mutations: each one field, one input, one payload, one transaction."""
