"""Random platforms: what they install is admitted, and each result is the same twice."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from modules.checks.admission.section import section
from modules.checks.inputs import Inputs
from modules.kubeflow.cache import Cache
from modules.settings import Platform
from tests.platform_objects import needs_cache
from tests.stacks.any_platform import platforms

pytestmark = pytest.mark.slow

RENDERED = Cache()


@needs_cache
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(platforms())
def test_what_a_platform_installs_is_admitted(platform: Platform) -> None:
    inputs = Inputs(platform, RENDERED, lambda _: {}, date(2026, 1, 1))
    made = section(inputs)
    assert [str(one) for one in made.findings if one.severity != "not checked"] == []
    assert section(inputs) == made
