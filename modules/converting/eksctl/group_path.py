"""Where node groups are in the settings."""

GROUP = "cluster.node_groups[]"
"""Path of a group in the draft."""
