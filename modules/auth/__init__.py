"""Authentication services of AWS."""
