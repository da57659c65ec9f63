"""The stack of imported resources."""

import pytest

from modules.settings import ExistingCluster, Import, ImportedResource, Platform
from tests.built_once import build


@pytest.mark.parametrize(("protected", "oldest"), [(True, "6.9.0"), (False, "5.100.0")])
def test_a_protected_cluster_needs_a_provider_that_knows_it(protected: bool, oldest: str) -> None:
    arguments = {"name": "legacy", **({"deletion_protection": True} if protected else {})}
    cluster = ImportedResource(type="aws_eks_cluster", name="this", id="legacy", arguments=arguments)
    settings = Platform(
        name="legacy",
        region="us-west-2",
        cluster=ExistingCluster(name="legacy"),
        imported=Import(resources=(cluster,)),
    )
    document = build(settings).documents["legacy-adopted"]
    assert document["terraform"]["required_providers"]["aws"]["version"] == f">= {oldest}, < 7.0.0"
