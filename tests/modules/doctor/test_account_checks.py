"""Service-linked roles, instance types and the address, each situation made real."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from modules.aws_data.service_linked_roles import AUTO_SCALING, EKS, EKS_NODE_GROUPS, RDS, SPOT
from modules.doctor import address
from modules.doctor.linked_roles import roles_of
from modules.settings import Dex, Kubeflow, Network, NodePool, Platform
from tests.modules.doctor.found import said
from tests.modules.settings.valid import KARPENTER, cluster, group, platform
from tests.signed_in import Caller, create_role
from tests.stand_ins.moto_extension import ACCOUNT, Server

ROLES = "service-linked roles"
READ_ONLY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}]}
LINKED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/*",
        }
    ],
}


def test_roles_follow_from_the_settings() -> None:
    spot = group(name="spot", capacity_type="SPOT")
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)))
    assert roles_of(platform()) == [EKS, EKS_NODE_GROUPS, AUTO_SCALING]
    assert roles_of(platform(cluster=cluster(node_groups=(spot,)), kubeflow=kubeflow)) == [
        EKS,
        EKS_NODE_GROUPS,
        AUTO_SCALING,
        SPOT,
        RDS,
    ]


def test_roles_that_exist(aws: Server, admin: str) -> None:
    iam = aws.client("iam")
    for role in (EKS, EKS_NODE_GROUPS, AUTO_SCALING):
        iam.create_role(RoleName=role.name, Path=f"/aws-service-role/{role.service}/", AssumeRolePolicyDocument="{}")
    assert said(ROLES, platform()) == [
        "ok: service-linked roles exist: AWSServiceRoleForAmazonEKS, AWSServiceRoleForAmazonEKSNodegroup, "
        "AWSServiceRoleForAutoScaling"
    ]


@pytest.mark.parametrize("policy", [LINKED, None])
def test_roles_that_aws_creates_for_the_caller(aws: Server, as_role: Caller, policy: Any) -> None:
    as_role(create_role(aws, "deploy", policy) if policy else create_role(aws, "deploy"))
    assert said(ROLES, platform())[0] == (
        "ok: the service-linked role AWSServiceRoleForAmazonEKS is missing, and AWS creates it at first use"
    )


def test_roles_that_the_caller_cannot_create(aws: Server, as_role: Caller) -> None:
    as_role(create_role(aws, "reader", READ_ONLY))
    assert said(ROLES, platform())[2] == (
        "error: the service-linked role AWSServiceRoleForAutoScaling is missing, and role/reader lacks "
        "iam:CreateServiceLinkedRole; with an administrator's credentials: aws iam create-service-linked-role "
        "--aws-service-name autoscaling.amazonaws.com"
    )


def test_karpenter_cannot_create_the_role_of_spot_instances(admin: str) -> None:
    pool = NodePool(name="spot", capacity_types=("spot",))
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)), enable=KARPENTER, node_pools=(pool,))
    assert (
        "error: the service-linked role AWSServiceRoleForEC2Spot is missing, and Karpenter cannot create it; "
        "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com"
    ) in said(ROLES, platform(kubeflow=kubeflow))


def test_roles_without_the_permission_to_look(aws: Server, admin: str) -> None:
    aws.gate.denied = {("iam", "SimulatePrincipalPolicy")}
    assert said(ROLES, platform())[0] == (
        "not checked: the service-linked role AWSServiceRoleForAmazonEKS is missing; whether the caller can create it: needs "
        "iam:SimulatePrincipalPolicy; to create it: aws iam create-service-linked-role --aws-service-name eks.amazonaws.com"
    )
    aws.gate.denied = {("iam", "GetRole")}
    assert said(ROLES, platform()) == ["not checked: service-linked roles: needs iam:GetRole"]


def with_type(*names: str, **changes: Any) -> Platform:
    return platform(cluster=cluster(node_groups=(group(instance_types=names),)), **changes)


def test_types_that_all_zones_offer(admin: str) -> None:
    assert said("instance types", with_type("m6i.xlarge")) == ["ok: m6i.xlarge offered in all zones of the node groups"]


def test_a_type_that_a_zone_lacks(aws: Server, admin: str) -> None:
    offers = aws.client("ec2").describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["trn1.2xlarge"]}]
    )["InstanceTypeOfferings"]
    offered = sorted(one["Location"] for one in offers)
    assert offered
    assert "us-west-2a" not in offered
    wanted = with_type("trn1.2xlarge", network=Network(zones=("us-west-2a", offered[0])))
    assert said("instance types", wanted) == [
        "error: node group nodes: trn1.2xlarge not offered in us-west-2a; choose other instance_types, or zones that offer "
        f"them: {', '.join(offered)}"
    ]
    assert said("instance types", with_type("trn1.2xlarge", "m6i.xlarge"))[0].startswith("ok: "), "one of them suffices"


def test_types_without_the_permission(aws: Server, admin: str) -> None:
    aws.gate.denied = {("ec2", "DescribeInstanceTypeOfferings")}
    assert said("instance types", platform()) == [
        "not checked: instance types: needs ec2:DescribeInstanceTypeOfferings"
    ]


@contextmanager
def address_service(answer: str) -> Iterator[tuple[str, list[str]]]:
    """A service on this machine that returns one text, and the paths that were requested."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()


OPEN = platform(cluster=cluster(public_access_cidrs=("20.0.0.0/24", "20.0.2.0/24")))


def test_the_address_is_requested_only_if_allowed(admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with address_service("20.0.0.7\n") as (url, requests):
        monkeypatch.setattr(address, "ADDRESS_SERVICE", url)
        assert said("address", OPEN) == [
            "not checked: whether this machine's public address is in cluster.public_access_cidrs; --check-address requests the "
            f"address from {url}"
        ]
        assert said("address", platform(), check_address=True) == [], "a private endpoint"
        assert requests == []
        assert said("address", OPEN, check_address=True) == [
            f"ok: this machine's public address, by {url}, is 20.0.0.7 and in cluster.public_access_cidrs"
        ]
        assert requests == ["/"]


def test_an_address_outside_of_the_networks(admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with address_service("20.0.1.7") as (url, _):
        monkeypatch.setattr(address, "ADDRESS_SERVICE", url)
        (found,) = said("address", OPEN, check_address=True)
    assert found.startswith(f"warning: this machine's public address, by {url}, is 20.0.1.7, which is not in ")
    assert found.endswith('add "20.0.1.7/32", or the network that it is in, to Cluster.public_access_cidrs in main.py')


@pytest.mark.parametrize("answer", ["<html>sign in</html>", "2001:db8::1"])
def test_an_answer_that_is_not_an_address(admin: str, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    with address_service(answer) as (url, _):
        monkeypatch.setattr(address, "ADDRESS_SERVICE", url)
        (found,) = said("address", OPEN, check_address=True)
    assert found.startswith(f"not checked: this machine's public address: {url} did not return one (")
    (unreachable,) = said("address", OPEN, check_address=True)
    assert unreachable.startswith("not checked: ")
