"""The EKS cluster: control plane, access, add-ons, nodes."""
