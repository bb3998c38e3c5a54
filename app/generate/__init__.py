"""Content by the number: any size, the same rows for the same arguments."""
