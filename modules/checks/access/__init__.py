"""Permissions in AWS: roles, the principals that may assume them, and their resources."""
