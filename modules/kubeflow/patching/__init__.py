"""What the changes to upstream's objects are written with."""
