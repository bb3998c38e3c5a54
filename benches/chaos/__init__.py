"""What becomes of answers and accepted writes when a part of the server fails."""
