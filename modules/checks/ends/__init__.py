"""Ends of support and advisories of what a platform installs, at a date."""
