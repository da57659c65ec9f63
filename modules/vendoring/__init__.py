"""Rendering of upstream objects and charts into the cache and the lock; not imported by synthesis."""
