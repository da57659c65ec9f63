"""End-of-support dates of software in the cluster."""
