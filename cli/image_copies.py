"""`kubeflow-aws image-copies`: for each platform with a mirror, a shell script that copies its images to the account's ECR.

This command only writes the script, without network access. Running it requires crane or skopeo, and ECR permissions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.main_file import platforms
from modules.aws_data.regions import partition_of
from modules.errors import ProblemsError
from modules.iam.role import Iam
from modules.kubeflow.images.mirror import mirror_of
from modules.kubeflow.images.names import parse
from modules.kubeflow.images.platform import pulled
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.platform_images import platform_images
from modules.rules import problems_of_all
from modules.settings import Platform
from modules.text import page

TEMPLATE = Path(__file__).parents[1] / "modules" / "kubeflow" / "images" / "copies.sh.j2"


@dataclass(frozen=True, order=True)
class Copy:
    """One image and its location in ECR."""

    source: str
    """Full name: `docker.io/library/mysql:8.4`."""
    name: str
    """The same without tag and digest."""
    repository: str
    tag: str
    """Tag in ECR; an image with digest only gets a tag, since ECR can expire untagged images."""


def copies(platform: Platform) -> list[Copy]:
    """Images to copy for a platform; empty without a mirror.

    Args:
        platform: valid settings.
    """
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return []
    mirror = mirror_of(kubeflow.services.repositories, "", Iam.of(platform).name_prefix)
    if mirror is None:
        return []
    version = getattr(platform.cluster, "kubernetes_version", None)
    images = map(parse, pulled(platform_images(kubeflow, version), ImageRewrite(kubeflow.images)))
    return sorted(
        {
            Copy(str(image), image.name, mirror.repository(image), image.tag or image.digest.replace(":", "-"))
            for image in images
            if mirror.copied(image)
        }
    )


def script(platform: Platform) -> str | None:
    """The script of a platform; None if there is nothing to copy."""
    found = copies(platform)
    if not found:
        return None
    return page(
        TEMPLATE,
        platform=platform.name,
        region=platform.region,
        dns_suffix=partition_of(platform.region).dns_suffix,
        digests=f"image-digests-{platform.name}.txt",
        copies=found,
    )


def write(wanted: Iterable[Platform], folder: Path) -> Iterator[str]:
    """Write the scripts and print how to run them.

    Raises:
        ValueError: the settings are invalid.
    """
    found = list(wanted)
    if problems := problems_of_all(found):
        raise ProblemsError(problems)
    for platform in found:
        text = script(platform)
        if text is None:
            yield f"{platform.name}: nothing to copy (services.repositories.mirror)"
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{platform.name}.sh"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        yield f"{platform.name}: {len(copies(platform))} images; run sh {path} with access to the registries and ECR"


def main(folder: Path) -> None:
    """Write the scripts, and print how to run them.

    Raises:
        ValueError: the settings are invalid.
    """
    for line in write(platforms(), folder):
        print(line)
