"""The VPC: created or existing."""
