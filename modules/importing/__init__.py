"""Import of existing resources with their current arguments, without changes."""
