"""The checks that run inside the cluster, with the standard library only."""
