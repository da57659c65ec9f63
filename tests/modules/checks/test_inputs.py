"""Documents are built when a section reads them, once a platform."""

from datetime import date

from modules.checks.inputs import Documents, Inputs
from modules.kubeflow.cache import Cache
from modules.settings import Platform
from tests.platforms import platform


def test_documents_are_built_once_and_only_when_they_are_read() -> None:
    calls: list[str] = []

    def synthesize(one: Platform) -> Documents:
        calls.append(one.name)
        return {f"{one.name}-network": {}}

    inputs = Inputs(platform("any"), Cache(), synthesize, date(2026, 12, 1))
    assert calls == []
    assert [list(inputs.documents) for _ in range(2)] == [["any-network"], ["any-network"]]
    assert calls == ["any"]
