"""Whole platforms under the real Terraform with the real AWS provider, on moto in place of AWS."""
