"""Where container images come from, and whether they can be pulled."""
