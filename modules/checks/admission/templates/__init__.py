"""Pods that Kubernetes and operators make of an object, kind by kind."""
