"""The component profiles."""
