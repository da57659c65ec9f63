"""Checks that read rendered Kubernetes objects: objects in, findings out; nothing here asks a cluster."""
