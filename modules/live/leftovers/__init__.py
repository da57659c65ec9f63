"""What is left in AWS of a platform: found by tags and known names, read-only; and removal of what is named."""
