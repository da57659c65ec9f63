"""The component kubeflow-istio-resources."""
