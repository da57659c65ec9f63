"""Ends of support of what is installed in the cluster."""
