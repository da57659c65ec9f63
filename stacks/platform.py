"""Entry point: synthesis of all stacks of one or more platforms."""

import os
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Never

from cdktf import App

from modules.cluster.capacity import pods_per_node
from modules.errors import ProblemsError, lines_of
from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import LocalChart, own_files, write_vendored
from modules.program import run
from modules.rules import problems_of_all, warnings_of_all
from modules.settings import Cluster, Platform
from modules.settings.field_errors import described
from stacks import rules  # noqa: F401 - registers its rules
from stacks.components import ComponentsStack
from stacks.document import Document, Tree, documents, json_bytes, normalise, read_tree
from stacks.fixed_values import used
from stacks.next_step import next_steps
from stacks.order import add_stacks
from stacks.output import open_output
from stacks.protected_resources import FILE_NAME, check, may_be_applied, read_recorded, stale_forget, without_shipped
from stacks.summary import Capacity, Report, print_report
from stacks.teams import TeamsStack
from stacks.upload import ignore_files, upload_sizes

OUTPUT_FOLDER = "generated"


@dataclass(frozen=True)
class Synthesized:
    """Result of a run before it is written."""

    tree: Tree
    seconds: dict[str, float]
    """Stack name to synthesis time in seconds."""
    charts: dict[str, list[LocalChart]]
    """Stack name to its local charts. Those of the platform's own objects are in the tree; vendored ones are not."""

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Stack name to its parsed `cdk.tf.json`."""
        return dict(documents(self.tree))


def build(*platforms: Platform) -> Synthesized:
    """Synthesize platforms in memory, without writing to the project.

    Raises:
        ValueError: settings are invalid; the message lists all errors of all platforms, one per line.
    """
    problems = problems_of_all(platforms)
    if problems:
        raise ProblemsError(problems)
    seconds: dict[str, float] = {}
    charts: dict[str, list[LocalChart]] = {}
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        for platform in platforms:
            started = time.perf_counter()
            for stack in add_stacks(app, platform):
                name = stack.node.id
                seconds[name] = time.perf_counter() - started
                if isinstance(stack, ComponentsStack | TeamsStack):
                    charts[name] = stack.charts
                started = time.perf_counter()
        app.synth()
        own = {
            f"stacks/{stack}/{path}": file for stack, made in charts.items() for path, file in own_files(made).items()
        }
        tree = normalise(read_tree(Path(folder)) | own, [Path.cwd(), Path(folder)])
        for platform in platforms:
            tree |= ignore_files(platform)
        return Synthesized(tree, seconds, charts)


def write(made: Synthesized, output: Path, forget: Collection[str] = ()) -> list[str]:
    """Write a run to the output folder, and the list of protected resources next to it, atomically.

    Args:
        made: from `build`.
        output: the folder, `generated`.
        forget: `<stack>` or `<stack>/<address>` of protected resources to forget.

    Returns:
        Warnings.

    Raises:
        ValueError: a protected resource would be lost, or the folder is not writable; it is not changed.
    """
    stateful = output.parent / FILE_NAME
    with open_output(output) as folder:
        previous = without_shipped(read_recorded(stateful, output), output)
        now = check(previous, made.documents, output, forget)
        needed = used(may_be_applied(previous.fixed, output), made.documents, forget)
        folder.write(made.tree, {FILE_NAME: json_bytes(now.content())})
    return stale_forget(previous.addresses, now.addresses, forget, needed)


def write_all_charts(made: Synthesized, output: Path) -> list[str]:
    """Write the cached vendored charts next to their stacks.

    Returns:
        Releases whose charts are missing; only plans fail without them.
    """
    return [
        release
        for stack, charts in made.charts.items()
        for release in write_vendored(output / "stacks" / stack, charts, Cache())
    ]


def output_folder() -> Path:
    """The output folder; the cdktf command line sets another one."""
    return Path(os.environ.get("CDKTF_OUTDIR", OUTPUT_FOLDER))


@dataclass(frozen=True)
class Written:
    """Result of a run that was written."""

    made: Synthesized
    warnings: list[str]
    missing_charts: list[str]
    """Releases whose charts are not in the cache, so that plans of their stacks fail."""


def build_and_write(platforms: Sequence[Platform], output: Path, forget: Collection[str] = ()) -> Written:
    """Build platforms, and write them with their charts.

    Raises:
        SystemExit: invalid settings or output folder; the text has one line per error.
    """
    try:
        made = build(*platforms)
        warnings = write(made, output, forget)
        missing = write_all_charts(made, output)
    except ValueError as error:
        lines = lines_of(error)
        sys.exit("\n".join([f"{len(lines)} error(s); {output}/ is unchanged:", *(f"  {line}" for line in lines)]))
    if missing:
        warnings.append(
            f"charts: {len(missing)} are missing ({', '.join(missing[:3])}, …), so plans of their stacks fail; run: {run('vendor', 'synth')}"
        )
    return Written(made, warnings, missing)


def synthesize(*platforms: Platform, forget: Sequence[str] = (), **unknown: Never) -> None:
    """Write the Terraform of all platforms to `generated/`, and print a summary and the next command.

    This is what `main.py` calls, so errors end the process with one sentence each instead of a traceback.

    Args:
        platforms: at least one; files of other platforms from an earlier run are deleted.
        forget: `<stack>` or `<stack>/<address>` of protected resources that may be removed from `generated/`.
        unknown: refused; a type checker refuses it earlier.

    Raises:
        SystemExit: wrong settings, a wrong argument, or an output folder that cannot be written.
    """
    if error := wrong_argument(platforms, forget, unknown):
        sys.exit(f"main.py: {error}")
    print_report(write_and_report(platforms, forget))


def write_and_report(platforms: Sequence[Platform], forget: Sequence[str] = ()) -> Report:
    """Write the Terraform of all platforms, and return what `synthesize` prints; see there."""
    output = output_folder()
    written = build_and_write(platforms, output, forget)
    found = written.made.documents
    return Report(
        documents={stack: found[stack] for stack in written.made.seconds},  # apply order
        seconds=written.made.seconds,
        capacity=[item for platform in platforms for item in capacities(platform)],
        warnings=[*written.warnings, *map(str, warnings_of_all(platforms))],
        next_steps=[] if written.missing_charts else next_steps(platforms),
        uploads=upload_sizes(platforms, output),
    )


def wrong_argument(platforms: Sequence[object], forget: object, unknown: Collection[str]) -> str | None:
    """What is wrong with the arguments of `synthesize`, and what to write; None: nothing."""
    if unknown:
        return f"synthesize() has no argument {min(unknown)}; write synthesize(PROD) or synthesize(PROD, forget=(…,))"
    if not isinstance(forget, Collection) or not all(isinstance(one, str) for one in forget):
        return f'forget: must be a tuple of texts, not {described(forget)}; write forget=("<stack>/<address>",)'
    if not platforms:
        return "synthesize() has no platform; pass at least one: synthesize(PROD)"
    for platform in platforms:
        if isinstance(platform, list | tuple):
            return "synthesize() takes platforms, not a list of them; write synthesize(*PLATFORMS)"
        if not isinstance(platform, Platform):
            return f"synthesize() takes platforms, not {described(platform)}; write synthesize(Platform(name=…, …))"
    return None


def capacities(platform: Platform) -> Iterator[Capacity]:
    """Pod capacity of each node group of a platform."""
    if not isinstance(platform.cluster, Cluster):
        return
    for group in platform.cluster.node_groups:
        yield Capacity(
            node_group=f"{platform.name}/{group.name}",
            instance_type=group.instance_types[0],
            nodes_min=group.min_size,
            nodes_desired=group.desired_size,
            nodes_max=group.max_size,
            pods_per_node=pods_per_node(platform.cluster, group, custom_networking=platform.custom_networking),
        )
