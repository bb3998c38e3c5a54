"""Processes that serve: one server, or several beside each other on one socket."""
