"""What AWS offers and limits, as data with its source: settings are checked and capacity is counted against it."""
