"""Hand-over: a platform as one archive that a Terraform pipeline runs which has never heard of this project."""
