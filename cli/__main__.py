"""`python -m cli`: the command line without its console script."""

from cli.app import app

app(prog_name="kubeflow-aws")
