"""the password of the master user."""
