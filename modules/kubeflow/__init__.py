"""The component catalogue, the charts built from upstream manifests, and the construct that installs an entry."""
