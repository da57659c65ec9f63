"""What changed in platforms between two revisions of their `main.py`: Terraform, objects, rights and results of `check`."""
