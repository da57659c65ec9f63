"""Rules about images: replacements in `Kubeflow.images`, and what a mirror requires."""

import difflib
from collections.abc import Iterator

from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.images.charts import VERSION_KEYS
from modules.kubeflow.images.names import NAME, is_tagless, parse
from modules.kubeflow.images.platform import chart_rows
from modules.kubeflow.images.rewrite import names
from modules.kubeflow.platform_images import locked_entries, platform_images
from modules.rules.rule import Problem, rule, warning
from modules.settings.component import HelmChart
from modules.settings.kubeflow import Kubeflow


@rule(Kubeflow)
def chosen_images(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Each key of `images` is an image of the platform, once, and its value fits where the image is used."""
    if not kubeflow.images:
        return
    known = sorted({image for images in platform_images(kubeflow).values() for image in images})
    if not known:
        return
    rows = {row.image: row for component in chosen_components(kubeflow) for row in chart_rows(component)}
    composed = {image for entry in locked_entries(kubeflow).values() for image in entry.composed_images}
    seen: dict[str, str] = {}
    for key, new in sorted(kubeflow.images.items()):
        path = f"images[{key}]"
        if NAME.fullmatch(key) is None:
            yield path, "is not a valid image name", "write it as in the output images, with or without its version"
            continue
        matched = [image for image in known if names(key, image, exact=not is_tagless(key))]
        if not matched:
            yield path, "is not an image of this platform", _near(key, known)
        if (other := seen.setdefault(str(parse(key)) if not is_tagless(key) else parse(key).name, key)) != key:
            yield path, f"is the same image as {other}", "keep one"
        needs_tag = [
            image for image in matched if image in composed or (image in rows and rows[image].form in VERSION_KEYS)
        ]
        if needs_tag and not parse(new).tag:
            yield (
                path,
                f"{new} has no tag, which is required because {needs_tag[0]} is composed of name and tag",
                "write name:tag@sha256:…",
            )
        last = {parse(image).repository.rpartition("/")[2] for image in matched if image in composed}
        if last - {parse(new).repository.rpartition("/")[2]}:
            yield path, f"the injector appends {''.join(last)} to the name", "use an image whose name ends with it"


def _near(key: str, known: list[str]) -> str:
    """Names similar to a key: by its last part, then by spelling."""
    last = key.rpartition("/")[2].partition("@")[0].partition(":")[0]
    near = [image for image in known if last and last in image.rpartition("/")[2]][:3]
    near = near or difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else "the output images lists all of them"


@warning(Kubeflow)
def mirror_warnings(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Charts whose images are not in the mirror, since only Helm knows them."""
    repositories = kubeflow.services.repositories
    if repositories is None or repositories.mirror is None:
        return
    for index, component in enumerate(kubeflow.extra_components):
        if isinstance(component.source, HelmChart):
            yield (
                f"extra_components[{index}]",
                f"images of the chart {component.source.chart} are not known and not in the mirror",
                f"copy them and set their addresses in values[{component.name}]",
            )
