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
            f"{len(selector.labels)} labels; EKS takes {MOST_LABELS} a selector: give the {MOST_LABELS} that tell these pods apart",
        )
    for key, value in sorted(selector.labels.items()):
        if not LABEL_KEY.fullmatch(key) or (value and not LABEL_VALUE.fullmatch(value)):
            yield (
                f"labels[{key}]",
                f"{key!r}: {value!r} is no label that a pod may have; write it as the pods have it",
            )


@rule(FargateProfile)
def selectors(profile: FargateProfile) -> Iterator[Problem]:
    """Number of selectors."""
    if not 1 <= len(profile.selectors) <= MOST_SELECTORS:
        yield (
            "selectors",
            f"{len(profile.selectors)} selectors; give 1 to {MOST_SELECTORS}, as EKS takes a profile, and the others in one of their own",
        )
