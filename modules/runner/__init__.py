"""AWS resources of the Terraform runner."""
