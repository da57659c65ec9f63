"""What a version installs as plain facts, and what differs between two versions: `inventory.py`, then `comparison.py`."""
