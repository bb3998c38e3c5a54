"""HTTP as every door needs it: pure ASGI middleware, files."""
