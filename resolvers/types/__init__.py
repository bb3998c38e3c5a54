"""The GraphQL types. They declare what clients see of a row; rows themselves flow through."""
