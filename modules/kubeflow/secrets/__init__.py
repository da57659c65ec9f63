"""Credentials and Kubernetes Secrets: definitions, stores, readers."""
