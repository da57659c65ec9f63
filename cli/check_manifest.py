"""`kubeflow-aws check --manifest FILE --team NAME`: whether a user's own objects will run in the namespace of a team."""

from collections.abc import Sequence
from pathlib import Path

from cli.check import exit_on_errors, inputs_of, show
from cli.check_report import day
from cli.main_file import valid_platforms
from modules.checks.manifest.section import section
from modules.settings import Platform


def main(platform: str | None, files: Sequence[Path], team: str, *, as_json: bool = False) -> None:
    """Print the result for each platform that has the team.

    Args:
        platform: name of one platform; None: all of main.py.
        files: YAML files.
        team: name of the team.
        as_json: as one JSON document; what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing or has errors, no platform has the team, or rendered objects are missing.
        SystemExit: there is an error among the findings.
    """
    platforms = valid_platforms(platform, as_json=as_json)
    chosen = [one for one in platforms if team in _teams(one)]
    if not chosen:
        known = sorted({name for one in platforms for name in _teams(one)})
        raise ValueError(f"no team {team}; choose from {', '.join(known) or 'none: Kubeflow.teams is empty'}")
    found = {one.name: {"manifests": section(inputs_of(one, day(None)), team, files)} for one in chosen}
    show(found, as_json=as_json, tables=True)
    exit_on_errors(found)


def _teams(platform: Platform) -> list[str]:
    return [one.name for one in platform.kubeflow.teams] if platform.kubeflow is not None else []
