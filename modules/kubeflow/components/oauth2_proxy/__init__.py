"""The component oauth2-proxy."""
