"""The component knative-serving."""
