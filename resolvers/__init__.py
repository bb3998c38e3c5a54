"""The GraphQL door: what clients see, and how a request becomes an answer."""
