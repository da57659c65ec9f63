"""What commands read from a running cluster: Helm's records and the objects of releases. Synthesis never imports this."""
