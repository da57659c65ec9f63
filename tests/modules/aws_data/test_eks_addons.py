import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.aws_data.eks_addons import ADDONS, OTHER_ADDONS
from modules.aws_data.regions import PARTITIONS
from modules.kubeflow.catalogue import CATALOGUE


@pytest.mark.parametrize("name", ADDONS)
def test_facts_agree_with_each_other(name: str) -> None:
    addon = ADDONS[name]
    assert addon.name == name
    assert addon.namespace == "kube-system"
    assert (addon.service_account is None) == (not addon.managed_policies)
    assert addon.fargate <= (addon.deployment_pods > 0)  # only what is not a DaemonSet can run there


KNOWN = {**ADDONS, **OTHER_ADDONS}
POLICIES = sorted({policy for addon in KNOWN.values() for policy in addon.managed_policies})


@pytest.mark.parametrize("managed_policy", POLICIES)
def test_managed_policies_exist_at_their_path(managed_policy: str) -> None:
    # moto carries AWS's own list; a part of 4.7 MB is read as text, since parsing it all costs 60 ms.
    path, _, policy = f"/{managed_policy}".rpartition("/")
    start = aws_managed_policies_data.index(f'\n "{policy}":{{')
    entry = aws_managed_policies_data[start : aws_managed_policies_data.index("\n },", start)]
    assert f'"Path":"{path}/"' in entry.replace('": "', '":"')


def test_other_addons_are_not_among_those_with_a_setting() -> None:
    entries = {component.name for component in CATALOGUE}
    for name, addon in OTHER_ADDONS.items():
        assert addon.name == name
        assert name not in ADDONS
        assert not addon.before_nodes
        assert addon.same_as is None or addon.same_as in entries
        assert addon.service_account is not None or not (addon.managed_policies or addon.needs_role)
    assert ADDON_PODS.keys() <= KNOWN.keys()


def test_what_nodes_wait_for_comes_before_them() -> None:
    # https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3446
    first = {name for name, addon in ADDONS.items() if addon.before_nodes}
    assert first == {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
    assert all(not ADDONS[name].deployment_pods for name in first)  # nothing in them would wait for a node


def test_what_is_on_without_a_word() -> None:
    off = {name for name, addon in ADDONS.items() if not addon.default}
    assert off == {"aws-efs-csi-driver", "aws-fsx-csi-driver"}


def test_auto_mode_has_its_own_network_dns_identity_and_block_storage() -> None:
    own = {name for name, addon in ADDONS.items() if addon.in_auto_mode}
    assert own == {"vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver"}


def test_partitions_name_addons_that_exist() -> None:
    lacking = {name: partition.lacks_eks_addons for name, partition in PARTITIONS.items()}
    assert lacking == {"aws": set(), "aws-us-gov": {"metrics-server"}, "aws-cn": {"metrics-server"}}
    assert set().union(*lacking.values()) <= set(ADDONS)
