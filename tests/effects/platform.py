"""What the settings of the platform itself, of its roles and of its state do."""

from typing import Any

from modules.settings import Addon, ExistingCluster, Kubeflow, Moved, NoAuth, Removed, ServiceAccountRole, Statement
from tests.documents import GONE
from tests.effects import ACCOUNT, BASE, CLUSTER, Effect, Expected, changed_platform

READ = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",))
ROLE = ServiceAccountRole(namespace="team-a", service_account="editor", statements=(READ,))
WITH_ROLE = BASE.with_changes(service_account_roles=(ROLE,))
AGENT = CLUSTER.with_changes(addons=CLUSTER.addons.with_changes(eks_pod_identity_agent=Addon()))
WITH_AGENT = WITH_ROLE.with_changes(cluster=AGENT)
RIGHTS = "services data aws_iam_policy_document team_a_editor_rights statement 0"
MOVES: dict[str, Any] = {
    "moved": (Moved(layer="network", from_address="aws_eip.old", to_address="aws_eip.nat_us_west_2a"),),
    "removed": (Removed(layer="network", from_address="aws_eip.gone"),),
}
EXISTING_CLUSTER = BASE.with_changes(network=None, cluster=ExistingCluster(name="shared"))


def role(does: dict[str, Expected], **changes: Any) -> Effect:
    return Effect(BASE.with_changes(service_account_roles=(ROLE.with_changes(**changes),)), does, WITH_ROLE)


def statement(does: dict[str, Expected], **changes: Any) -> Effect:
    return role(does, statements=(READ.with_changes(**changes),))


def existing_cluster(does: dict[str, Expected], **changes: Any) -> Effect:
    return Effect(
        EXISTING_CLUSTER.with_changes(cluster=ExistingCluster(**{"name": "shared", **changes})), does, EXISTING_CLUSTER
    )


GUEST = EXISTING_CLUSTER.with_changes(kubeflow=Kubeflow(auth=NoAuth(user="ada@example.com")))


EFFECTS = (
    changed_platform(
        {
            "Platform.name": {
                "cluster resource aws_eks_cluster this name": "other",
                "cluster resource aws_iam_role cluster name": "other-cluster",
                "network resource aws_vpc this tags Name": "other",
                "network terraform backend local path": "../../../state/other-network.tfstate",
            }
        },
        name="other",
    ),
    changed_platform(
        {
            "Platform.region": {
                "network provider aws 0 region": "eu-west-1",
                "cluster provider aws 0 region": "eu-west-1",
                "network resource aws_subnet private_eu_west_1a availability_zone": "eu-west-1a",
                "cluster output configure_kubectl value": "aws eks update-kubeconfig --region eu-west-1 --name base",
            }
        },
        region="eu-west-1",
    ),
    Effect(
        EXISTING_CLUSTER,
        {
            "Platform.network": {"network": GONE},
            "Platform.cluster": {"cluster": GONE, "services data aws_eks_cluster this name": "shared"},
        },
    ),
    existing_cluster(
        {"ExistingCluster.name": {"services data aws_eks_cluster this name": "theirs"}},
        name="theirs",
    ),
    existing_cluster(
        {
            "ExistingCluster.oidc_provider": {
                "services resource aws_iam_openid_connect_provider this client_id_list": ["sts.amazonaws.com"],
                "services data aws_iam_openid_connect_provider": GONE,
            }
        },
        oidc_provider="made",
    ),
    Effect(
        GUEST.with_changes(cluster=ExistingCluster(name="shared", open_webhook_ports=(15017,))),
        {
            "ExistingCluster.open_webhook_ports": {
                "services resource aws_vpc_security_group_ingress_rule control_plane_to_nodes_15017 from_port": 15017
            }
        },
        GUEST,
    ),
    Effect(
        GUEST.with_changes(cluster=ExistingCluster(name="shared", network_policies="vpc_cni_addon")),
        {
            "ExistingCluster.network_policies": {
                "services data aws_eks_addon vpc_cni cluster_name": "shared",
                "services check network_policies assert 0 condition": (
                    "${try(tostring(yamldecode(data.aws_eks_addon.vpc_cni.configuration_values).enableNetworkPolicy), "
                    '"false") == "true"}'
                ),
            }
        },
        GUEST,
    ),
    changed_platform(
        {
            "Platform.tags": {
                "network provider aws 0 default_tags 0 tags team": "ml",
                "cluster resource aws_launch_template nodes tag_specifications 0 tags team": "ml",
            }
        },
        tags={"team": "ml"},
    ),
    changed_platform(
        {
            "Platform.permissions_boundary_arn": {
                "cluster resource aws_iam_role cluster permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary"
            }
        },
        permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    ),
    changed_platform(
        {"Platform.iam_path": {"cluster resource aws_iam_role node_nodes path": "/kubeflow/"}}, iam_path="/kubeflow/"
    ),
    changed_platform(
        {"Platform.allowed_account_ids": {"cluster provider aws 0 allowed_account_ids": [ACCOUNT]}},
        allowed_account_ids=(ACCOUNT,),
    ),
    changed_platform(
        {
            "Platform.assume_role_arn": {
                "network provider aws 0 assume_role 0 role_arn": f"arn:aws:iam::{ACCOUNT}:role/deploy"
            },
            "Platform.assume_role_external_id": {
                "network provider aws 0 assume_role 0 external_id": "secret-handshake"
            },
        },
        assume_role_arn=f"arn:aws:iam::{ACCOUNT}:role/deploy",
        assume_role_external_id="secret-handshake",
    ),
    changed_platform(
        {
            "Platform.deletion_protection": {
                "cluster resource aws_eks_cluster this lifecycle prevent_destroy": False,
                "cluster resource aws_kms_key secrets lifecycle prevent_destroy": False,
            }
        },
        deletion_protection=False,
    ),
    changed_platform(
        {
            "Platform.moved": {"network moved": [{"from": "aws_eip.old", "to": "aws_eip.nat_us_west_2a"}]},
            "Platform.removed": {"network removed": [{"from": "aws_eip.gone", "lifecycle": {"destroy": False}}]},
        },
        **MOVES,
    ),
    Effect(
        BASE.with_changes(
            moved=(Moved(layer="cluster", from_address="aws_kms_key.old", to_address="aws_kms_key.secrets"),),
            removed=(Removed(layer="cluster", from_address="aws_kms_key.gone", destroy=True),),
        ),
        {
            "Moved.layer": {"network moved": GONE},
            "Moved.from_address": {"cluster moved 0 from": "aws_kms_key.old"},
            "Moved.to_address": {"cluster moved 0 to": "aws_kms_key.secrets"},
            "Removed.layer": {"network removed": GONE},
            "Removed.from_address": {"cluster removed 0 from": "aws_kms_key.gone"},
            "Removed.destroy": {"cluster removed 0 lifecycle destroy": True},
        },
        BASE.with_changes(**MOVES),
    ),
    changed_platform(
        {
            "Platform.service_account_roles": {
                "services resource aws_iam_role team_a_editor name": "base-team-a-editor",
                "services output service_account_role_arns value team-a/editor": "${aws_iam_role.team_a_editor.arn}",
            }
        },
        service_account_roles=(ROLE,),
    ),
    role(
        {
            "ServiceAccountRole.namespace": {
                "services data aws_iam_policy_document team_b_viewer_trust statement 0 condition 1 values": [
                    "system:serviceaccount:team-b:viewer"
                ]
            },
            "ServiceAccountRole.service_account": {
                "services output service_account_role_arns value team-b/viewer": "${aws_iam_role.team_b_viewer.arn}"
            },
        },
        namespace="team-b",
        service_account="viewer",
    ),
    role(
        {
            "ServiceAccountRole.policy_arns": {
                "services resource aws_iam_role_policy_attachment team_a_editor_AmazonS3ReadOnlyAccess policy_arn": (
                    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
                )
            },
            "ServiceAccountRole.statements": {"services resource aws_iam_role_policy": GONE},
        },
        policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
        statements=(),
    ),
    Effect(
        WITH_AGENT.with_changes(service_account_roles=(ROLE.with_changes(auth="pod_identity"),)),
        {
            "ServiceAccountRole.auth": {
                "services resource aws_eks_pod_identity_association team_a_editor service_account": "editor",
                "services data aws_iam_policy_document team_a_editor_trust statement 0 actions": [
                    "sts:AssumeRole",
                    "sts:TagSession",
                ],
            }
        },
        WITH_AGENT,
    ),
    role(
        {"ServiceAccountRole.role_name": {"services resource aws_iam_role writer name": "base-writer"}},
        role_name="writer",
    ),
    statement(
        {
            "Statement.actions": {f"{RIGHTS} actions": ["s3:PutObject"]},
            "Statement.resources": {f"{RIGHTS} resources": ["arn:aws:s3:::other/*"]},
            "Statement.conditions": {
                f"{RIGHTS} condition": [
                    {"test": "StringEquals", "variable": "aws:ResourceAccount", "values": [ACCOUNT]}
                ]
            },
        },
        actions=("s3:PutObject",),
        resources=("arn:aws:s3:::other/*",),
        conditions={"StringEquals": {"aws:ResourceAccount": (ACCOUNT,)}},
    ),
)
