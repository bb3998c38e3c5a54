"""The operator's page: what this server does at the moment, for who may watch it."""
