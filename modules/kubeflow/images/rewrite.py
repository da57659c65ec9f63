"""Replacement of upstream images: the configured image first, then the mirror."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from modules.kubeflow.images.charts import ChartImage, split
from modules.kubeflow.images.names import Image, is_tagless, parse, without_version

EKS_REGISTRY = ".dkr.ecr."
"""Part of every ECR host name; EKS images are already in the region."""
COPIES = "copies"
"""Second part of repository names filled by `make image-copies`, after the platform name."""


@dataclass(frozen=True)
class Mirror:
    """Location of images in a platform's ECR registry.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """

    registry: str
    """`<account>.dkr.ecr.<region>.<suffix>`; may contain Terraform expressions."""
    platform_name: str
    pull_through: Mapping[str, str] = field(default_factory=dict)
    """Registry with a pull-through cache rule, to the last part of its prefix. Empty: all images are copied."""

    def repository(self, image: Image) -> str:
        """ECR repository name of an image."""
        if image.host in self.pull_through:
            return f"{self.platform_name}/{self.pull_through[image.host]}/{image.repository}"
        return f"{self.platform_name}/{COPIES}/{image.host.replace(':', '-')}/{image.repository}"

    def place(self, image: Image) -> str:
        """The full name of an image in the mirror."""
        return f"{self.registry}/{self.repository(image)}{image.version}"

    def copied(self, image: Image) -> bool:
        """Whether `make image-copies` must copy it."""
        return image.host not in self.pull_through and EKS_REGISTRY not in image.host


@dataclass(frozen=True)
class ImageRewrite:
    """Image replacements of a platform."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    """`Kubeflow.images`: image, with or without version, to its replacement."""
    mirror: Mirror | None = None

    def source(self, image: str) -> str:
        """The image to pull or copy: the configured replacement or upstream's."""
        return next((new for old, new in self.chosen.items() if names(old, image, exact=True)), None) or next(
            (new for old, new in self.chosen.items() if names(old, image, exact=False)), image
        )

    def final(self, image: str) -> str:
        """The full name used in pods; may contain Terraform expressions."""
        source = self.source(image)
        if self.mirror is None or EKS_REGISTRY in source:
            return source
        return self.mirror.place(parse(source))

    def of_objects(self, spelled: Iterable[str], composed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Replacements of a local chart: names as written in its objects, and tags of composed names.

        Args:
            spelled: names, prefixes of composed names, and names without version.
            composed: image to its prefix.
        """
        spelled = list(spelled)
        changed = {name: self._spelled(name, spelled) for name in spelled if name not in composed.values()}
        tags: dict[str, str] = {}
        for image, hub in composed.items():
            new, version = split(self.final(image))
            changed[hub] = new.rpartition("/")[0]
            if version != split(image)[1]:
                tags[split(image)[1].removeprefix(":")] = version.removeprefix(":")
        return {old: new for old, new in changed.items() if old != new}, tags

    def _spelled(self, name: str, spelled: Collection[str]) -> str:
        if not is_tagless(name):
            return self.final(name)
        versioned = next((one for one in spelled if not is_tagless(one) and without_version(one) == name), None)
        if versioned is not None:  # a program appends the tag
            return split(self.final(versioned))[0]
        new = self.final(name)
        return new if self.source(name) != name else split(new)[0]

    def of_chart(self, rows: Iterable[ChartImage]) -> dict[str, str]:
        """Replacements of an official chart: image of a row to the full new name."""
        found = {row.image: self.final(row.image) for row in rows}
        return {old: new for old, new in found.items() if old != new}


def names(key: str, image: str, *, exact: bool) -> bool:
    """Whether a key of `Kubeflow.images` names an image, as written or fully qualified.

    Args:
        key: with or without a version.
        image: image of the platform.
        exact: whether the key must include the version.
    """
    if exact:
        return not is_tagless(key) and parse(key) == parse(image)
    return is_tagless(key) and parse(key).name == parse(image).name
