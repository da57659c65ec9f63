"""Roles of service accounts."""

from typing import Any

from modules.settings import Addons, FargateProfile, Platform, Services, Statement, Team
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KUBE_SYSTEM, READ, cluster, on_kubeflow, on_role, platform, role


def on_statement(**changes: Any) -> Platform:
    return on_role(statements=(Statement(**{"actions": ("s3:GetObject",), "resources": ("*",), **changes}),))


def created(**changes: Any) -> Platform:
    """A service account that the platform creates; in a team's namespace, unless changes say another."""
    teams = (Team(name="team-a", owner="ada@example.com"),)
    account = role(create_service_account=True, **changes)
    return on_kubeflow(teams=teams).with_changes(service_account_roles=(account,))


ROWS: Rows = {
    "no_rights": (
        on_role(policy_arns=()),
        "service_account_roles[0].policy_arns: permissions",
    ),
    "policy_twice": (
        on_role(policy_arns=(READ, READ)),
        "service_account_roles[0].policy_arns: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    "too_many_policies": (
        on_role(policy_arns=tuple(f"arn:aws:iam::111122223333:policy/p{i}" for i in range(21))),
        "service_account_roles[0].policy_arns: policies",
    ),
    "service_account": (
        on_role(service_account="Default_Editor"),
        "service_account_roles[0].service_account: Default_Editor",
    ),
    "created_without_kubeflow": (
        on_role(create_service_account=True),
        "service_account_roles[0].create_service_account: kubeflow is not set",
    ),
    "created_in_a_namespace_that_nothing_makes": (
        created(namespace="web"),
        "service_account_roles[0].create_service_account: namespace web",
    ),
    "created_by_kubernetes_already": (
        created(namespace="kube-system", service_account="default"),
        "service_account_roles[0].create_service_account: Kubernetes",
    ),
    "created_by_a_component_already": (
        created(namespace="kubeflow", service_account="katib-controller"),
        "service_account_roles[0].create_service_account: component",
    ),
    "created_by_a_component_with_a_role": (
        created(namespace="kube-system", service_account="cluster-autoscaler", role_name="scaler"),
        "service_account_roles[0].create_service_account: cluster-autoscaler",
    ),
    "created_by_the_profile_controller_already": (
        created(service_account="default-viewer"),
        "service_account_roles[0].create_service_account: profile controller",
    ),
    "any_action": (
        on_role(statements=(Statement(actions=("*",), resources=("*",)),)),
        "service_account_roles[0].statements[0].actions[0]: s3:GetObject",
    ),
    "no_resource": (
        on_role(statements=(Statement(actions=("s3:GetObject",), resources=()),)),
        "service_account_roles[0].statements[0].resources: empty",
    ),
    "no_action": (
        on_role(statements=(Statement(actions=(), resources=("*",)),)),
        "service_account_roles[0].statements[0].actions: empty",
    ),
    "role_name_too_long_for_aws": (
        on_role(namespace="a-team-with-a-long-name", service_account="an-account-with-a-very-long-name-too"),
        "service_account_roles[0].role_name: prod-a-team-with-a-long-name-an-account-with-a-very-long-name-too",
    ),
    "role_name_of_a_node_group": (
        on_role(namespace="node", service_account="nodes"),
        "service_account_roles[0].role_name: prod-node-nodes",
    ),
    "role_name_of_an_add_on": (
        on_role(role_name="vpc-cni"),
        "service_account_roles[0].role_name: prod-vpc-cni",
    ),
    "role_name_of_a_component": (
        on_kubeflow().with_changes(service_account_roles=(role(role_name="cluster-autoscaler"),)),
        "service_account_roles[0].role_name: prod-cluster-autoscaler",
    ),
    "role_name_of_a_program_that_reads_credentials": (
        on_kubeflow(services=Services(credential_delivery="csi")).with_changes(
            service_account_roles=(role(role_name="katib-db-manager"),)
        ),
        "service_account_roles[0].role_name: prod-katib-db-manager",
    ),
    "role_name_of_a_team": (
        on_kubeflow(teams=(Team(name="vision", owner="ada@example.com"),)).with_changes(
            service_account_roles=(role(role_name="team-vision"),)
        ),
        "service_account_roles[0].role_name: prod-team-vision",
    ),
    "role_name_twice": (
        platform(
            service_account_roles=(
                role(namespace="a", service_account="b-c"),
                role(namespace="a-b", service_account="c"),
            )
        ),
        "service_account_roles: a-b-c",
    ),
    "account_twice": (
        platform(service_account_roles=(role(), role(role_name="other"))),
        "service_account_roles[1].service_account: team-a/reader",
    ),
    "pod_identity_on_fargate": (
        platform(
            cluster=cluster(fargate_profiles=(FargateProfile(name="system", selectors=(KUBE_SYSTEM,)),)),
            service_account_roles=(role(auth="pod_identity"),),
        ),
        "service_account_roles[0].auth: Identity",
    ),
    "pod_identity_without_its_agent": (
        platform(
            cluster=cluster(addons=Addons(eks_pod_identity_agent=None)),
            service_account_roles=(role(auth="pod_identity"),),
        ),
        "service_account_roles[0].auth: eks_pod_identity_agent",
    ),
    "resource_that_is_no_arn": (
        on_statement(resources=("my-bucket",)),
        "service_account_roles[0].statements[0].resources[0]: 'my-bucket' is not an ARN",
    ),
    "operator_that_does_not_exist": (
        on_statement(conditions={"StringEqual": {"aws:SourceVpc": ("vpc-0123456789abcdef0",)}}),
        "service_account_roles[0].statements[0].conditions[StringEqual]: did you mean 'StringEquals'?",
    ),
    "null_if_exists": (
        on_statement(conditions={"NullIfExists": {"aws:SourceVpc": ("true",)}}),
        "service_account_roles[0].statements[0].conditions[NullIfExists]: NullIfExists",
    ),
    "condition_without_values": (
        on_statement(conditions={"StringEquals": {"aws:SourceVpc": ()}}),
        "service_account_roles[0].statements[0].conditions[StringEquals][aws:SourceVpc]: at least one value",
    ),
    "statements_too_large_for_iam": (
        on_statement(resources=tuple(f"arn:aws:s3:::bucket-{number}/{'x' * 50}" for number in range(150))),
        "service_account_roles[0].statements: 10,240",
    ),
    "policy_with_a_space": (
        on_role(policy_arns=("arn:aws:iam::111122223333:policy/a b",)),
        "service_account_roles[0].policy_arns[0]: policy/a b",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
