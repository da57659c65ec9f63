"""What Terraform's runner needs in AWS."""
