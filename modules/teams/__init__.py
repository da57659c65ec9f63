"""Teams of a platform: an IAM role and a Helm release each."""
