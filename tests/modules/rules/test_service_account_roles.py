"""Roles of service accounts."""

import pytest

from modules.rules import problems_of_all
from modules.settings import Addons, FargateProfile, Statement
from tests.modules.settings.valid import KUBE_SYSTEM, READ, Rows, cluster, on_role, platform, role

ROWS: Rows = {
    "no_rights": (
        on_role(policy_arns=()),
        "service_account_roles[0].policy_arns: the role has no rights; give policy_arns or statements",
    ),
    "policy_twice": (
        on_role(policy_arns=(READ, READ)),
        "service_account_roles[0].policy_arns: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess stands there twice; name it once",
    ),
    "too_many_policies": (
        on_role(policy_arns=tuple(f"arn:aws:iam::111122223333:policy/p{i}" for i in range(21))),
        "service_account_roles[0].policy_arns: 21 policies; IAM takes 20 a role at most: write some as statements",
    ),
    "service_account": (
        on_role(service_account="Default_Editor"),
        "service_account_roles[0].service_account: 'Default_Editor' is not a Kubernetes name: lower-case letters, digits, inner hyphens and dots",
    ),
    "any_action": (
        on_role(statements=(Statement(actions=("*",), resources=("*",)),)),
        "service_account_roles[0].statements[0].actions[0]: '*' is not an action such as s3:GetObject (a service and a name; no bare *)",
    ),
    "no_resource": (
        on_role(statements=(Statement(actions=("s3:GetObject",), resources=()),)),
        "service_account_roles[0].statements[0].resources: is empty; give one at least",
    ),
    "no_action": (
        on_role(statements=(Statement(actions=(), resources=("*",)),)),
        "service_account_roles[0].statements[0].actions: is empty; give one at least",
    ),
    "role_name_too_long_for_aws": (
        on_role(namespace="a-team-with-a-long-name", service_account="an-account-with-a-very-long-name-too"),
        "service_account_roles[0].role_name: the role's name would be prod-a-team-with-a-long-name-an-account-with-a-very-long-name-too: 65 characters, but AWS allows 64; use a shorter name for the platform or 'a-team-with-a-long-name-an-account-with-a-very-long-name-too', or set role_name",
    ),
    "role_name_of_a_node_group": (
        on_role(namespace="node", service_account="nodes"),
        "service_account_roles[0].role_name: the platform has a role prod-node-nodes already; set another role_name",
    ),
    "role_name_of_an_add_on": (
        on_role(role_name="vpc-cni"),
        "service_account_roles[0].role_name: the platform has a role prod-vpc-cni already; set another role_name",
    ),
    "role_name_twice": (
        platform(
            service_account_roles=(
                role(namespace="a", service_account="b-c"),
                role(namespace="a-b", service_account="c"),
            )
        ),
        "service_account_roles: the name a-b-c stands twice; give each its own",
    ),
    "account_twice": (
        platform(service_account_roles=(role(), role(role_name="other"))),
        "service_account_roles[1].service_account: team-a/reader has a role already; put all its rights in one",
    ),
    "pod_identity_on_fargate": (
        platform(
            cluster=cluster(fargate_profiles=(FargateProfile(name="system", selectors=(KUBE_SYSTEM,)),)),
            service_account_roles=(role(auth="pod_identity"),),
        ),
        'service_account_roles[0].auth: pods on Fargate cannot use EKS Pod Identity; set auth="irsa"',
    ),
    "pod_identity_without_its_agent": (
        platform(
            cluster=cluster(addons=Addons(eks_pod_identity_agent=None)),
            service_account_roles=(role(auth="pod_identity"),),
        ),
        'service_account_roles[0].auth: the cluster has no eks_pod_identity_agent; leave that add-on on, or set auth="irsa"',
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]
