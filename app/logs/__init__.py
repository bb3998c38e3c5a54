"""What the server writes down: a line for each request, and whatever went wrong."""
