"""Acceptance of a running platform: what must work, and what must be refused."""
