"""The component kubeflow-namespace."""
