"""Platforms synthesized in memory, each at its first use."""

from modules.checks.inputs import Documents
from modules.kubeflow.cache import Cache
from modules.revisions.objects import Rendered, rendered
from modules.settings import Platform
from stacks.platform import Synthesized, build


class Built:
    """Documents and objects of platforms."""

    def __init__(self) -> None:
        self._made: dict[str, Synthesized] = {}

    def documents(self, platform: Platform) -> Documents:
        """The stacks of a platform in apply order.

        Raises:
            ValueError: settings are invalid.
        """
        made = self._of(platform)
        return {stack: made.documents[stack] for stack in made.seconds}

    def objects(self, platform: Platform, cache: Cache) -> Rendered:
        """What the releases of a platform install.

        Args:
            platform: platform with valid settings.
            cache: cache of rendered objects.
        """
        contents: dict[str, dict[str, bytes]] = {}
        for stack, charts in self._of(platform).charts.items():
            for chart in charts:
                content = cache.get(chart.sha256) if chart.content is None else chart.content
                if content is not None:
                    contents.setdefault(stack, {})[chart.folder] = content
        return rendered(self.documents(platform), contents)

    def _of(self, platform: Platform) -> Synthesized:
        if platform.name not in self._made:
            self._made[platform.name] = build(platform)
        return self._made[platform.name]
