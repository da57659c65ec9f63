"""AWS offerings and limits as data with sources, for validation and capacity calculation."""
