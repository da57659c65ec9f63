"""Every rule about settings."""
