"""The component kubeflow-roles."""
