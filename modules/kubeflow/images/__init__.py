"""Container images: references in objects, and their replacement."""
