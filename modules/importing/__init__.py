"""Taking over what others made: resources under their own arguments, imported and not changed."""
