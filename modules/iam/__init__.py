"""IAM roles and their policies."""
