"""Upstream's objects and charts, rendered into the cache and recorded in the lock; synthesis imports nothing from here."""
