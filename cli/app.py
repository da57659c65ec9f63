"""Commands of `kubeflow-aws`: their options and help.

A command is imported when it runs, so that help and completion load no cloud library.
"""

import typer

app = typer.Typer(
    name="kubeflow-aws",
    help="Kubeflow on AWS as Terraform, described in Python.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Kubeflow on AWS as Terraform, described in Python."""


@app.command()
def synth() -> None:
    """Write generated/ from main.py, and print the next command."""
    from cli import synth as command

    command.main()
