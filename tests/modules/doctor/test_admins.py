"""Administrators of the cluster: in IAM, and the caller among them."""

import pytest

from modules.settings import AccessEntry, AccessPolicy, Dex, ExistingCluster, Kubeflow, Platform
from tests.modules.doctor.found import said
from tests.modules.settings.valid import cluster, platform
from tests.signed_in import Caller, create_role
from tests.stand_ins.moto_extension import ACCOUNT, Server

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@example.company",)))
ON_EXISTING = platform(network=None, cluster=ExistingCluster(name="theirs"), kubeflow=KUBEFLOW)
ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def with_admins(*admins: str, access: tuple[AccessEntry, ...] = ()) -> Platform:
    return platform(cluster=cluster(admins=admins, access=access), kubeflow=KUBEFLOW)


def test_all_principals_exist(aws: Server, admin: str) -> None:
    aws.client("iam").create_user(UserName="ada")
    assert said("admins", with_admins("role/platform-admins", "user/ada", admin)) == [
        "ok: principals of cluster.admins, viewers and access exist: 3"
    ]


def test_a_name_that_is_not_in_iam(admin: str) -> None:
    ci = AccessEntry(name="ci", principal="user/ci")
    assert said("admins", with_admins("role/admins", access=(ci,))) == [
        f"error: cluster.admins: role/admins does not exist in account {ACCOUNT}; create it (aws iam create-role), or name "
        "another one in main.py",
        f"error: cluster.access ci: user/ci does not exist in account {ACCOUNT}; create it (aws iam create-user), or name "
        "another one in main.py",
    ]


def test_an_arn_without_the_path_of_the_role(aws: Server, admin: str) -> None:
    real = create_role(aws, "sso-admins", path="/aws-reserved/sso.amazonaws.com/")
    short = f"arn:aws:iam::{ACCOUNT}:role/sso-admins"
    assert said("admins", with_admins("role/platform-admins", short)) == [
        f"error: cluster.admins: {short} has the ARN {real}, and EKS requires the exact one; replace it in main.py"
    ]


def test_principals_that_cannot_be_looked_up(aws: Server, admin: str) -> None:
    other = "arn:aws:iam::111122223333:role/admins"
    aws.gate.denied = {("iam", "GetUser")}
    assert said("admins", with_admins("role/platform-admins", other, "user/ada")) == [
        f"not checked: cluster.admins: {other} is in another account; a plan does not check it either",
        "not checked: cluster.admins: user/ada: needs iam:GetUser",
    ]


def test_a_caller_among_the_admins(admin: str) -> None:
    expected = ["ok: role/platform-admins is an administrator of the cluster"]
    assert said("caller", with_admins("role/platform-admins")) == expected
    assert said("caller", with_admins(admin)) == expected
    entry = AccessEntry(name="ci", principal=admin, policy="AmazonEKSClusterAdminPolicy")
    assert said("caller", with_admins("role/others", access=(entry,))) == expected
    more = AccessEntry(name="ci", principal=admin, more_policies=(AccessPolicy(policy="AmazonEKSClusterAdminPolicy"),))
    assert said("caller", with_admins("role/others", access=(more,))) == expected


def test_a_caller_without_access_cannot_install(admin: str) -> None:
    viewer = AccessEntry(name="ci", principal=admin, policy="AmazonEKSAdminPolicy")
    assert said("caller", with_admins("role/others", access=(viewer,))) == [
        "error: role/platform-admins is not an administrator of the cluster (role/others), so it cannot apply the stacks addons, "
        'kubeflow and teams; add "role/platform-admins" to Cluster.admins in main.py, or use the credentials of an '
        "administrator (AWS_PROFILE=…)"
    ]


def test_a_platform_without_kubeflow_needs_no_access(admin: str) -> None:
    assert said("caller", platform(cluster=cluster(admins=("role/others",)))) == []


def make_cluster(aws: Server, mode: str) -> None:
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    aws.client("eks").create_cluster(
        name="theirs",
        roleArn=create_role(aws, "cluster"),
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": mode},
    )


def test_an_existing_cluster_in_another_region(aws: Server, admin: str) -> None:
    make_cluster(aws, "API")
    assert said("existing cluster", ON_EXISTING) == ["ok: cluster theirs exists in us-west-2 (ACTIVE)"]
    elsewhere = ON_EXISTING.with_changes(region="eu-central-1")
    assert said("existing cluster", elsewhere) == [
        "error: cluster theirs not found in eu-central-1 of this account; check cluster.name and region, or use other "
        "credentials (AWS_PROFILE=…)"
    ]
    assert said("caller", elsewhere) == []


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "API",
            "error: role/platform-admins has no access entry with AmazonEKSClusterAdminPolicy in the cluster theirs",
        ),
        (
            "API_AND_CONFIG_MAP",
            "not checked: permissions of role/platform-admins from the ConfigMap aws-auth of the cluster theirs",
        ),
    ],
)
def test_access_to_an_existing_cluster(aws: Server, admin: str, mode: str, expected: str) -> None:
    make_cluster(aws, mode)
    (finding,) = said("caller", ON_EXISTING)
    assert finding.startswith(expected)
    given = f"--region us-west-2 --cluster-name theirs --principal-arn {admin}"
    associate = f"aws eks associate-access-policy {given} --policy-arn {ADMIN_POLICY} --access-scope type=cluster"
    create = f"aws eks create-access-entry {given} && "
    assert mode != "API" or finding.endswith(f"; with an administrator's credentials: {create}{associate}")
    eks = aws.client("eks")
    eks.create_access_entry(clusterName="theirs", principalArn=admin)
    assert said("caller", ON_EXISTING) == [finding.replace(create, "")], "an entry without a policy"
    eks.associate_access_policy(
        clusterName="theirs", principalArn=admin, policyArn=ADMIN_POLICY, accessScope={"type": "cluster"}
    )
    assert said("caller", ON_EXISTING) == ["ok: role/platform-admins is an administrator of the cluster theirs"]


def test_the_caller_is_the_role_of_a_session(aws: Server, as_role: Caller) -> None:
    as_role(create_role(aws, "AWSReservedSSO_Admins_0123", path="/aws-reserved/sso.amazonaws.com/eu-west-1/"))
    assert said("caller", with_admins("role/AWSReservedSSO_Admins_0123")) == [
        "ok: role/AWSReservedSSO_Admins_0123 is an administrator of the cluster"
    ]
