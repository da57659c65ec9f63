"""User data of nodes: a MIME message for Amazon Linux, TOML for Bottlerocket."""
