"""An operation compiled to run level by level, every field once for all objects of a level."""
