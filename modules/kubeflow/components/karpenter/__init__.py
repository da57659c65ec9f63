"""its rights in AWS."""
