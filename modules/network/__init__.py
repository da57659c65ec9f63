"""The VPC: made here or looked up."""
