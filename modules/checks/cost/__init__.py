"""What a platform costs, by stack and by team, at prices of a day."""
