"""Installed revisions of the releases of a platform, compared with the generated JSON."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from modules.live.api import Api
from modules.live.helm_records import Record, content, records
from modules.live.target import Target, Wanted

READERS = 8
"""Parallel requests: a record is read whole for its chart's version, and a platform has about 70."""


@dataclass(frozen=True)
class ReleaseStatus:
    """One release: the newest revision of its records."""

    namespace: str
    name: str
    status: str
    """Status of Helm, such as deployed; `missing` without a record."""
    revision: int
    chart_version: str
    app_version: str
    wanted_version: str
    """Chart version in the generated JSON."""

    @property
    def is_deployed(self) -> bool:
        """Whether the newest revision is in use."""
        return self.status == "deployed"

    @property
    def is_current(self) -> bool:
        """Whether the chart is the one of the generated JSON, or cannot be compared."""
        return not self.wanted_version or not self.chart_version or self.chart_version == self.wanted_version


def of_platform(api: Api, target: Target) -> list[ReleaseStatus]:
    """All releases of a platform, in the order of the generated JSON."""
    found = records(api)
    newest = [(wanted, found.get((wanted.namespace, wanted.name), ())) for wanted in target.releases]
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(lambda pair: _status(api, pair[0], pair[1][-1] if pair[1] else None), newest))


def _status(api: Api, wanted: Wanted, record: Record | None) -> ReleaseStatus:
    if record is None:
        return ReleaseStatus(wanted.namespace, wanted.name, "missing", 0, "", "", wanted.version)
    chart = content(api, record).get("chart", {}).get("metadata", {})
    return ReleaseStatus(
        wanted.namespace,
        wanted.name,
        record.status,
        record.revision,
        str(chart.get("version") or ""),
        str(chart.get("appVersion") or ""),
        wanted.version,
    )
