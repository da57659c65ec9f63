"""The component kserve."""
