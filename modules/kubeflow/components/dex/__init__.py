"""The component dex."""
