"""One file = one Terraform state; platform.py says which stacks a platform has."""
