"""The component trainer."""
