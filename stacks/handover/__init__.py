"""Hand-over: a platform as one archive for a Terraform pipeline without this project."""
