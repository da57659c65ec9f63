"""One folder per component with behavior of its own."""
