"""Rules about fargate."""

from collections.abc import Iterator

from modules.rules.rule import Problem, rule
from modules.settings.fargate import FargateProfile, FargateSelector
from modules.settings.types import LABEL_KEY, LABEL_VALUE

MOST_SELECTORS = 5
MOST_LABELS = 5
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html."""


@rule(FargateSelector)
def selector_labels(selector: FargateSelector) -> Iterator[Problem]:
    """Number and syntax of labels."""
    if len(selector.labels) > MOST_LABELS:
        yield (
            "labels",
            f"EKS accepts at most {MOST_LABELS} labels per selector, not {len(selector.labels)}",
            "keep the labels that identify the pods",
        )
    for key, value in sorted(selector.labels.items()):
        if not LABEL_KEY.fullmatch(key) or (value and not LABEL_VALUE.fullmatch(value)):
            yield (
                f"labels[{key}]",
                f"{key!r}: {value!r} is not a valid label",
                "write it as the pods have it",
            )


@rule(FargateProfile)
def reserved_name(profile: FargateProfile) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html."""
    if profile.name.startswith("eks-"):
        yield "name", f"EKS reserves names that begin with eks-, such as {profile.name}", "use another name"


@rule(FargateProfile)
def selectors(profile: FargateProfile) -> Iterator[Problem]:
    """Number of selectors."""
    if not 1 <= len(profile.selectors) <= MOST_SELECTORS:
        yield (
            "selectors",
            f"EKS accepts 1 to {MOST_SELECTORS} selectors per profile, not {len(profile.selectors)}",
            "move selectors to a second profile",
        )
