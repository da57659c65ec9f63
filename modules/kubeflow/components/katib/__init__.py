"""The component katib."""
