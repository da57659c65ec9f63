"""What a teardown destroys, what remains, and what Terraform does not know; from settings and JSON, offline."""
