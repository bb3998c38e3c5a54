"""The life of content items: written, revised, published, taken back, thrown away."""
