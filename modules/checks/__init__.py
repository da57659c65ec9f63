"""Static checks of rendered Kubernetes objects; no cluster access."""
