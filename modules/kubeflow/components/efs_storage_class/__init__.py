"""The EFS file system of the services stack."""
