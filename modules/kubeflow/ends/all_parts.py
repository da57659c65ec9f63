"""All end-of-support and advisory rows of catalogue components."""

from modules.kubeflow.ends.components import BESIDE, CHARTS, KUBEFLOW_PARTS
from modules.kubeflow.ends.records import PLATFORM, REGISTRIES

ENDS = (*REGISTRIES, *PLATFORM, *KUBEFLOW_PARTS, *BESIDE, *CHARTS)
