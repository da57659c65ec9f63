"""The component admission-webhook."""
