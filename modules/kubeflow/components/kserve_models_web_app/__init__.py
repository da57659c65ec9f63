"""its page on the dashboard."""
