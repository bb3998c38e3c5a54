"""Files that people upload: where they are kept, what they are, what is left of them."""
