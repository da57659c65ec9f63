"""IAM policies for the role that runs Terraform: made from recorded requests, for one platform, stack by stack."""
