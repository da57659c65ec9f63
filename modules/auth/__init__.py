"""Sign-in that AWS provides."""
