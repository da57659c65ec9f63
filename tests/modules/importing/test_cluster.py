"""Clusters that cannot be imported, by what EKS answers."""

from unittest import mock

import pytest

from modules.importing.cluster import read_cluster
from modules.importing.reader import Reader


def test_an_ipv6_cluster_is_refused_before_anything_else_is_read() -> None:
    eks = mock.Mock()
    eks.describe_cluster.return_value = {"cluster": {"name": "theirs", "kubernetesNetworkConfig": {"ipFamily": "ipv6"}}}
    with pytest.raises(ValueError, match="theirs: is an IPv6 cluster; the platform is IPv4 only"):
        read_cluster(Reader(ec2=mock.Mock(), eks=eks, iam=mock.Mock()), "theirs")
    assert [name for name, *_ in eks.method_calls] == ["describe_cluster"]
