"""The demo's pictures, drawn here: the same ones every time."""
