"""Container images: where objects name them, and how they are replaced."""
