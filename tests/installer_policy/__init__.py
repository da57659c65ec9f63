"""The installer's policy, measured: what real Terraform asks AWS for, and whether the policies of the product allow it."""
