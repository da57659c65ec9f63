"""The version of a component as its own project counts it, read off the tags of its images."""

import re
from collections import Counter

from modules.upgrade.records import ComponentRecord

_TAG = re.compile(r":(v?\d[\w.-]*)$")


def component_version(component: ComponentRecord) -> str:
    """The tag that most images of a component's objects have; the chart's version for an official chart.

    Images of other projects (a shell, kubectl, MySQL) are fewer, and hooks of Helm, which run nothing else, do not count. Empty when
    its images are named by digest or it has none: then the version of Kubeflow is all there is to say.
    """
    if not component.objects:
        return component.version
    tags = Counter(
        found[1]
        for record in component.objects
        for image in record.images
        if not record.hook and (found := _TAG.search(image.partition("@")[0])) is not None
    )
    return max(sorted(tags), key=lambda tag: tags[tag]) if tags else ""
