"""Access to a running cluster for commands: Helm release records and objects. Not imported by synthesis."""
