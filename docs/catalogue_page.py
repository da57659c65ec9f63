"""docs/catalogue.md, read off the catalogue and the table of retired systems."""

from docs.markdown import NOTE, table
from modules.kubeflow.behaviours import POLICIES
from modules.kubeflow.catalogue import CATALOGUE, KUBEFLOW, PLATFORM
from modules.kubeflow.patching import patch
from modules.kubeflow.retired import RETIRED
from modules.kubeflow.upstream import CHARTS, REPOSITORIES
from modules.settings.component import Builtin, Component, HelmChart, Kustomization, VendoredCharts

GROUPS = {
    "Cluster add-ons": tuple(entry for entry in CATALOGUE if entry.layer == "addons"),
    "Dependencies of Kubeflow": PLATFORM,
    "Kubeflow": KUBEFLOW,
}
HEADINGS = (
    "entry",
    "what it is",
    "source and version",
    "namespace",
    "needs",
    "AWS permissions",
    "installed",
    "license",
)


def catalogue_page() -> str:
    """Every entry that can be installed, and every retired system with its successor."""
    parts = [
        NOTE.format(source="modules/kubeflow/catalogue.py, upstream.py and retired.py"),
        "# Catalogue\n",
        f"Everything that can be installed: {len(CATALOGUE)} entries. Those marked *default* are installed when",
        '`Platform.kubeflow` is set; enable others by name: `Kubeflow(enable=("mpi-operator",))`. Exclude one with `disable`, list those of a',
        "shared cluster in `preinstalled`, and add your own with `extra_components`: [kubeflow.md](kubeflow.md). Use of each entry:",
        "[capabilities.md](capabilities.md).\n",
        "A linked version is the folder at the pinned commit. AWS permissions: service account → policy of",
        "`policies` in the behavior of its component (`modules/kubeflow/components/`); without one, the entry calls no AWS API.\n",
    ]
    for heading, entries in GROUPS.items():
        parts += [f"## {heading}\n", table(HEADINGS, map(entry_row, entries))]
    parts += [
        "## Retired systems\n",
        "Names from older tutorials. Enabling one is an error that names its successor.\n",
        table(
            ("name", "end", "successor", "entry"),
            [
                (f"`{name}`", gone.ended, gone.successor, f"`{gone.entry}`" if gone.entry else "none required")
                for name, gone in RETIRED.items()
            ],
        ),
    ]
    return "\n".join(parts)


AUTO_MODE = {None: "", "cluster": ", not with EKS Auto Mode", "nodes": ", not if all nodes are of EKS Auto Mode"}
"""When EKS Auto Mode replaces an entry of the default set."""


def entry_row(entry: Component) -> tuple[str, ...]:
    """One entry; names of other entries in `code`."""
    rights = [f"`{one.service_account}` → `{one.policy}`" for one in entry.aws if one.policy in POLICIES]
    needs = ", ".join(f"`{need}`" for need in entry.needs)
    others = ", ".join(f"`{other}`" for other in entry.alternative_to)
    return (
        f"`{entry.name}`",
        entry.about,
        source_words(entry),
        f"`{entry.namespace}`",
        needs,
        "<br>".join(rights),
        ("default" if entry.default else "opt-in")
        + AUTO_MODE[entry.in_auto_mode]
        + (f", conflicts with {others}" if others else ""),
        entry.licence,
    )


def source_words(entry: Component) -> str:
    """Where an entry comes from, and in which version."""
    match entry.source:
        case HelmChart(repository, chart, version):
            return f"chart `{chart}` {version} of `{repository}`"
        case Kustomization(path, name) if name in REPOSITORIES:
            return "<br>".join([_folder(name, REPOSITORIES[name].version, path), *_chart_words(entry)])
        case VendoredCharts():
            return "<br>".join(_chart_words(entry))
        case Builtin(template):
            return f"`modules/kubeflow/objects/{template or entry.name}.yaml.j2`"
    raise ValueError(f"docs/catalogue_page.py: {entry.name}: no words for its source {entry.source!r}; add them")


def _folder(name: str, version: str, path: str) -> str:
    upstream = REPOSITORIES[name]
    return f"[{name} {version}]({upstream.url}/tree/{upstream.commit}/{path})"


def _chart_words(entry: Component) -> list[str]:
    """Charts that are rendered when objects are vendored, each once, with a link to its folder."""
    names = [chart.name for variant in patch.variants(entry.name).values() for chart in variant.charts]
    charts = {name: CHARTS[name] for name in names}
    return [
        f"chart [{name} {one.version}]({REPOSITORIES[one.repository].url}/tree/{REPOSITORIES[one.repository].commit}/{one.path})"
        for name, one in charts.items()
    ]
