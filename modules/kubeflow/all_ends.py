"""Every row of ends and advisories of what the catalogue installs."""

from modules.kubeflow.component_ends import BESIDE, CHARTS, KUBEFLOW_PARTS
from modules.kubeflow.ends import PLATFORM, REGISTRIES

ENDS = (*REGISTRIES, *PLATFORM, *KUBEFLOW_PARTS, *BESIDE, *CHARTS)
