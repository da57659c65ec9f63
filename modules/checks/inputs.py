"""What the sections of `check` read about one platform."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from modules.checks.price import PriceSource
from modules.checks.rendered import PlatformObjects, platform_objects
from modules.kubeflow.cache import Cache
from modules.settings import Platform

Documents = Mapping[str, Mapping[str, Any]]
"""Stack name to its parsed `cdk.tf.json`."""


@dataclass(frozen=True)
class Inputs:
    """Settings, rendered objects and, for sections that read them, Terraform JSON."""

    platform: Platform
    """Platform with valid settings."""
    rendered: Cache
    """Cache of rendered objects."""
    synthesize: Callable[[Platform], Documents] = field(repr=False)
    """Builds the documents in memory; it is passed in, since stacks are above modules."""
    today: date
    """Date of the check, in UTC."""
    prices: PriceSource | None = field(default=None, repr=False)
    """Prices of AWS; None: they were not requested."""

    @cached_property
    def documents(self) -> Documents:
        """The platform's documents in the order of its stacks, built at the first use: this takes seconds."""
        return self.synthesize(self.platform)

    @cached_property
    def objects(self) -> PlatformObjects:
        """The platform's Kubernetes objects that are known offline.

        Raises:
            ValueError: the cache lacks the objects of a component.
        """
        return platform_objects(self.platform, self.rendered)
