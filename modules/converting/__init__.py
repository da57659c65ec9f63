"""Conversion of other tools' files into settings, with a report of each key."""
