"""What all tests share: the fast bindings, moto, and the rule when tests with the real Terraform run."""

import modules  # noqa: F401  first of all, since it makes the provider bindings load lazily

# isort: split

import json
from typing import Any

import cdktf
import pytest

from tests.moto_extension import Server, start
from tests.provider_mirror import why_not

pytest_plugins = ["tests.checkout_guard"]


def resources(stack: cdktf.TerraformStack) -> dict[str, dict[str, dict[str, Any]]]:
    """The resources of a synthesized stack: type, then id, then its properties."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(cdktf.Testing.synth(stack)).get("resource", {})
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the real Terraform where it cannot run; -ra prints the reason."""
    marked = [item for item in items if item.get_closest_marker("terraform")]
    reason = why_not() if marked else None
    if reason:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def moto() -> Server:
    """The AWS stand-in, started once; it keeps what earlier tests made. For module-wide fixtures: reset() it first."""
    return start()


@pytest.fixture
def aws(moto: Server) -> Server:
    """The AWS stand-in as an empty account."""
    moto.reset()
    return moto
