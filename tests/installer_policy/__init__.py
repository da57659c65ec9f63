"""The installer's policy, measured: what real Terraform requests from AWS, and whether the policies of the product allow it."""
