"""it calls models of teams."""
