"""Tools to patch upstream objects."""
