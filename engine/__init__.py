"""A GraphQL execution engine for Strawberry and graphql-core schemas.

Nothing here knows the product around it: this package imports graphql-core and Strawberry only.
"""
