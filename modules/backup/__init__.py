"""AWS Backup: vault, plan and selection of a platform."""
