"""Upstream version of a component, from its image tags."""

import re
from collections import Counter

from modules.upgrade.records import ComponentRecord

_TAG = re.compile(r":(v?\d[\w.-]*)$")


def component_version(component: ComponentRecord) -> str:
    """The tag that most images of a component's objects have; the chart's version for an official chart.

    Images of other projects (a shell, kubectl, MySQL) are fewer, and images used only in Helm hooks are ignored. Empty if
    its images have digests only or there are none; then only the Kubeflow version is known.
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
