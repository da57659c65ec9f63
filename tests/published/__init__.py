"""Schemas of provider versions that are newer than our bindings: compact, committed, and held against all that we write."""
