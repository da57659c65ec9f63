"""the password of Grafana."""
