"""Inventory of a version's installed objects, and comparison of two versions."""
