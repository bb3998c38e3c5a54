"""What callers may ask of this server, and how much it does at a time."""
