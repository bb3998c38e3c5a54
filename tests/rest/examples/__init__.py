"""Examples for the OpenAPI documents: real answers to real requests, ids and times made stable."""
