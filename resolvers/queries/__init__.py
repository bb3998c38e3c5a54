"""Root fields, one file per resource."""
