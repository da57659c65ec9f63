"""Credentials and Kubernetes Secrets: which ones exist, their stores, their readers."""
