"""REST beside GraphQL: every route is a stored GraphQL document, so that the two cannot differ."""
