"""The application: models, reads and rules. It does not know that GraphQL types exist."""
