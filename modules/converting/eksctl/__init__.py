"""ClusterConfig of eksctl, v1alpha5."""
