"""Authentication of users at the gateway."""
