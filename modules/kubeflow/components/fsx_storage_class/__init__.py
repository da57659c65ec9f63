"""The FSx for Lustre file system of the services stack."""
