"""Patches of the notebook controller: culling of idle servers."""

from modules.kubeflow.patching.patch import Objects, Variant


def culling(objects: Objects) -> None:
    """The controller reads these at startup; a checksum restarts it (`normalize.py`).

    Source: https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/notebook-controller/README.md#environment-parameters
    """
    objects.merge(
        "ConfigMap",
        "notebook-controller-config",
        {
            "data": {
                "ENABLE_CULLING": "@@notebook_culling@@",
                "CULL_IDLE_TIME": "@@notebook_idle_minutes@@",
                "IDLENESS_CHECK_PERIOD": "@@notebook_idle_check_minutes@@",
            }
        },
    )


VARIANTS = {"default": Variant((culling,))}
