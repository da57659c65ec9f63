"""Checks of the machine, the AWS account and the settings before an apply. Read-only. Not imported by synthesis."""
