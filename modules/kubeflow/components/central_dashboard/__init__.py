"""The component central-dashboard."""
