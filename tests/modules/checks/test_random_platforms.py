"""Sections that read no JSON, for any platform."""

from hypothesis import HealthCheck, given, settings

from modules.checks.traffic.section import section as traffic
from modules.settings import Platform
from tests.check_inputs import without_documents
from tests.platform_objects import needs_cache
from tests.stacks.any_platform import platforms

ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@needs_cache
@ANY
@given(platforms())
def test_no_required_connection_is_closed_and_no_forbidden_one_open(platform: Platform) -> None:
    found = traffic(without_documents(platform)).findings
    assert [str(one) for one in found if one.severity == "error"] == []
