"""Which Terraform runs what we write."""

TERRAFORM_VERSION = ">= 1.11.0"
"""Native S3 lock files and write-only arguments."""
