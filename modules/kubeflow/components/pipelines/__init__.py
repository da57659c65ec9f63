"""The component pipelines."""
