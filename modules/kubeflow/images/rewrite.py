"""The one function from an image as upstream names it to the image that a platform uses: the user's own choice, then a mirror."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from modules.kubeflow.images.charts import ChartImage, split
from modules.kubeflow.images.names import Image, is_tagless, parse, without_version

EKS_REGISTRY = ".dkr.ecr."
"""Part of the host of every ECR registry: EKS's own images are in the region already."""
COPIES = "copies"
"""Part of the names of repositories that `make image-copies` fills, after the platform's name."""


@dataclass(frozen=True)
class Mirror:
    """Where a platform's ECR has each image.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """

    registry: str
    """`<account>.dkr.ecr.<region>.<suffix>`; may hold Terraform expressions."""
    platform_name: str
    pull_through: Mapping[str, str] = field(default_factory=dict)
    """Registry that ECR fetches from by itself, to the last part of its prefix. Empty: everything is copied."""

    def repository(self, image: Image) -> str:
        """Name of the ECR repository of an image."""
        if image.host in self.pull_through:
            return f"{self.platform_name}/{self.pull_through[image.host]}/{image.repository}"
        return f"{self.platform_name}/{COPIES}/{image.host.replace(':', '-')}/{image.repository}"

    def place(self, image: Image) -> str:
        """The whole name of an image there."""
        return f"{self.registry}/{self.repository(image)}{image.version}"

    def copied(self, image: Image) -> bool:
        """Whether `make image-copies` has to bring it there."""
        return image.host not in self.pull_through and EKS_REGISTRY not in image.host


@dataclass(frozen=True)
class ImageRewrite:
    """What becomes of each image of a platform."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    """`Kubeflow.images`: image, with or without its version, to the user's own."""
    mirror: Mirror | None = None

    def source(self, image: str) -> str:
        """The image that is pulled or copied: the user's own in place of upstream's."""
        return next((new for old, new in self.chosen.items() if names(old, image, exact=True)), None) or next(
            (new for old, new in self.chosen.items() if names(old, image, exact=False)), image
        )

    def final(self, image: str) -> str:
        """The whole name that pods use; may hold Terraform expressions."""
        source = self.source(image)
        if self.mirror is None or EKS_REGISTRY in source:
            return source
        return self.mirror.place(parse(source))

    def of_objects(self, spelled: Iterable[str], composed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """What a local chart replaces: names as its objects spell them, and tags behind composed names.

        Args:
            spelled: names, starts of composed names, and names without version.
            composed: image to its start.
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
        if versioned is not None:  # a program puts a tag behind it
            return split(self.final(versioned))[0]
        new = self.final(name)
        return new if self.source(name) != name else split(new)[0]

    def of_chart(self, rows: Iterable[ChartImage]) -> dict[str, str]:
        """What an official chart replaces: image as its row has it to the whole new name."""
        found = {row.image: self.final(row.image) for row in rows}
        return {old: new for old, new in found.items() if old != new}


def names(key: str, image: str, *, exact: bool) -> bool:
    """Whether a key of `Kubeflow.images` names an image, as it is spelled or in full.

    Args:
        key: with or without a version.
        image: of the platform.
        exact: whether the key must name the version, too.
    """
    if exact:
        return not is_tagless(key) and parse(key) == parse(image)
    return is_tagless(key) and parse(key).name == parse(image).name
