"""Settings of Fargate profiles: which pods run without nodes."""

from collections.abc import Iterator

from pydantic import Field

from modules.settings.section import Problem, Section, rule
from modules.settings.types import LABEL_KEY, LABEL_VALUE, NamespaceName, NodeName

MOST_SELECTORS = 5
MOST_LABELS = 5
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html."""


class FargateSelector(Section):
    """Which pods run on Fargate."""

    namespace: NamespaceName = Field(description="Namespace of the pods.")
    labels: dict[str, str] = Field(
        {}, description="Labels they must have, all of them. Empty: all pods of the namespace."
    )

    @rule
    def _labels(self) -> Iterator[Problem]:
        if len(self.labels) > MOST_LABELS:
            yield (
                "labels",
                f"{len(self.labels)} labels; EKS takes {MOST_LABELS} a selector: give the {MOST_LABELS} that tell these pods apart",
            )
        for key, value in sorted(self.labels.items()):
            if not LABEL_KEY.fullmatch(key) or (value and not LABEL_VALUE.fullmatch(value)):
                yield (
                    f"labels[{key}]",
                    f"{key!r}: {value!r} is no label that a pod may have; write it as the pods have it",
                )


class FargateProfile(Section):
    """Pods without nodes. DaemonSets, GPUs, Pod Identity and EBS volumes do not go there."""

    name: NodeName = Field(description="Name of the profile; unique on the platform.")
    selectors: tuple[FargateSelector, ...] = Field(description="Which pods, 1 to 5 selectors; one match is enough.")

    @rule
    def _selectors(self) -> Iterator[Problem]:
        if not 1 <= len(self.selectors) <= MOST_SELECTORS:
            yield (
                "selectors",
                f"{len(self.selectors)} selectors; give 1 to {MOST_SELECTORS}, as EKS takes a profile, and the others in one of their own",
            )
