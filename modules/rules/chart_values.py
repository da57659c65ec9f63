"""Rules about values of official charts."""

from collections.abc import Iterator

from modules.kubeflow.chart_keys import chart_keys, unknown_values
from modules.kubeflow.chosen import known_components
from modules.rules.rule import Problem, warning
from modules.settings.component import HelmChart
from modules.settings.kubeflow import Kubeflow


@warning(Kubeflow)
def values_that_the_chart_knows(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Helm passes over values that no template reads, such as misspelled ones.

    A warning, since templates can also read values that values.yaml does not list. Charts of `extra_components` are not known.

    Source: https://helm.sh/docs/chart_template_guide/values_files/
    """
    components = known_components(kubeflow)
    for name, values in sorted(kubeflow.values.items()):
        source, known = components[name].source, chart_keys().get(name)
        if known is None or not isinstance(source, HelmChart) or source.version != known.version:
            continue
        for path, near in unknown_values(values, known.keys):
            hint = f"did you mean {' or '.join(near)}?" if near else "see them with: helm show values"
            yield (
                f"values[{name}]",
                f"the values.yaml of chart {source.chart} {source.version} does not have {path}, and Helm ignores what no template reads",
                hint,
            )
