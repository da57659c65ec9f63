"""it calls Ray clusters of teams."""
