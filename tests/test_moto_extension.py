"""The extended moto under the real Terraform: an EKS platform by hand, changed in place and taken away again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server, leftovers
from tests.terraform import workspaces

REGION = "us-west-2"
STACK = "hand-cluster"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def document(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}},
            "backend": {"local": {"path": f"../../../state/{STACK}.tfstate"}},
        },
        "provider": {
            "aws": [
                {"region": REGION, "allowed_account_ids": ["123456789012"], "default_tags": [{"tags": {"by": "us"}}]}
            ]
        },
        "resource": resource,
        **more,
    }


def write(folder: Path, resource: dict[str, Any], **more: Any) -> Path:
    """A generated tree of one stack."""
    stack = folder / "stacks" / STACK
    stack.mkdir(parents=True, exist_ok=True)
    (stack / "cdk.tf.json").write_text(json.dumps(document(resource, **more)))
    return folder


def platform(*, changed: bool = False) -> dict[str, Any]:
    """One of everything in EKS; `changed` holds every change that AWS makes in place."""
    cluster, subnets = "${aws_eks_cluster.this.name}", ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]
    group = "${aws_eks_node_group.this.resources[0].autoscaling_groups[0].name}"
    version = "1.34" if changed else "1.33"
    return {
        "aws_vpc": {"this": {"cidr_block": "10.0.0.0/16"}},
        "aws_subnet": {
            zone: {
                "vpc_id": "${aws_vpc.this.id}",
                "cidr_block": f"10.0.{at}.0/24",
                "availability_zone": f"{REGION}{zone}",
            }
            for at, zone in enumerate("ab")
        },
        "aws_kms_key": {
            "this": {"deletion_window_in_days": 7, "enable_key_rotation": True, "rotation_period_in_days": 180}
        },
        "aws_cloudwatch_log_group": {"this": {"name": "/aws/eks/hand/cluster"}},
        "aws_iam_role": {
            name: {"name": f"hand-{name}", "assume_role_policy": trust(f"{service}.amazonaws.com")}
            for name, service in {"eks": "eks", "node": "ec2", "pod": "pods.eks", "fargate": "eks-fargate-pods"}.items()
        },
        "aws_iam_role_policy_attachment": {
            "eks": {"role": "${aws_iam_role.eks.name}", "policy_arn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}
        },
        "aws_eks_cluster": {
            "this": {
                "name": "hand",
                "role_arn": "${aws_iam_role.eks.arn}",
                "version": version,
                "bootstrap_self_managed_addons": False,
                "enabled_cluster_log_types": ["api", "audit"] if changed else ["api"],
                "vpc_config": {
                    "subnet_ids": subnets,
                    "endpoint_private_access": True,
                    "endpoint_public_access": True,
                    "public_access_cidrs": ["203.0.113.0/24"] if changed else ["198.51.100.0/24"],
                },
                "access_config": {
                    "authentication_mode": "API" if changed else "API_AND_CONFIG_MAP",
                    "bootstrap_cluster_creator_admin_permissions": False,
                },
                "upgrade_policy": {"support_type": "STANDARD" if changed else "EXTENDED"},
                "zonal_shift_config": {"enabled": not changed},
                "encryption_config": {"resources": ["secrets"], "provider": {"key_arn": "${aws_kms_key.this.arn}"}},
                "tags": {"round": "two" if changed else "one"},
                "depends_on": ["aws_cloudwatch_log_group.this", "aws_iam_role_policy_attachment.eks"],
            }
        },
        "aws_iam_openid_connect_provider": {
            "this": {
                "url": "${aws_eks_cluster.this.identity[0].oidc[0].issuer}",
                "client_id_list": ["sts.amazonaws.com"],
            }
        },
        "aws_eks_addon": {
            "cni": {
                "cluster_name": cluster,
                "addon_name": "vpc-cni",
                "addon_version": f"${{data.aws_eks_addon_version.{'newest' if changed else 'default'}.version}}",
                "configuration_values": json.dumps({"enableNetworkPolicy": "true"}),
            },
            "ebs": {
                "cluster_name": cluster,
                "addon_name": "aws-ebs-csi-driver",
                "pod_identity_association": {
                    "service_account": "ebs-csi-controller-sa",
                    "role_arn": "${aws_iam_role.pod.arn}",
                },
            },
        },
        "aws_launch_template": {
            "this": {
                "name": "hand-nodes",
                "metadata_options": {"http_tokens": "required"},
                "tag_specifications": [{"resource_type": "instance", "tags": {"Name": "node"}}],
                "tags": {"round": "two" if changed else "one"},
            }
        },
        "aws_eks_node_group": {
            "this": {
                "cluster_name": cluster,
                "node_group_name": "linux",
                "node_role_arn": "${aws_iam_role.node.arn}",
                "subnet_ids": subnets,
                "version": version,
                "instance_types": ["m6i.xlarge"],
                "scaling_config": {"min_size": 1, "desired_size": 2, "max_size": 6 if changed else 5},
                "launch_template": {
                    "id": "${aws_launch_template.this.id}",
                    "version": "${aws_launch_template.this.latest_version}",
                },
                "labels": {"pool": "two" if changed else "one"},
                "taint": [{"key": "new", "effect": "NO_SCHEDULE"}] if changed else [],
                "update_config": {"max_unavailable_percentage": 50 if changed else 33},
                "node_repair_config": {"enabled": True},
                "tags": {"round": "two" if changed else "one"},
                "lifecycle": {"ignore_changes": ["scaling_config[0].desired_size"]},
            }
        },
        "aws_autoscaling_group_tag": {
            "this": {
                "autoscaling_group_name": group,
                "tag": {
                    "key": "k8s.io/cluster-autoscaler/node-template/label/pool",
                    "value": "two" if changed else "one",
                    "propagate_at_launch": False,
                },
            }
        },
        "aws_autoscaling_schedule": {
            "stop": {
                "scheduled_action_name": "stop",
                "autoscaling_group_name": group,
                "recurrence": "0 20 * * *",
                "time_zone": "Europe/Berlin",
                "min_size": 0,
                "desired_capacity": 0,
                "max_size": 5,
            }
        },
        "aws_eks_access_entry": {
            "admin": {"cluster_name": cluster, "principal_arn": "arn:aws:iam::123456789012:role/team/admin"}
        },
        "aws_eks_access_policy_association": {
            "admin": {
                "cluster_name": cluster,
                "principal_arn": "${aws_eks_access_entry.admin.principal_arn}",
                "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                "access_scope": {"type": "cluster"},
            }
        },
        "aws_eks_pod_identity_association": {
            "app": {
                "cluster_name": cluster,
                "namespace": "kubeflow",
                "service_account": "app",
                "role_arn": "${aws_iam_role.pod.arn}",
                "tags": {"round": "two" if changed else "one"},
            }
        },
        "aws_eks_fargate_profile": {
            "this": {
                "cluster_name": cluster,
                "fargate_profile_name": "batch",
                "pod_execution_role_arn": "${aws_iam_role.fargate.arn}",
                "subnet_ids": subnets,
                "selector": {"namespace": "batch"},
            }
        },
    }


DATA = {
    "aws_eks_addon_version": {
        "default": {"addon_name": "vpc-cni", "kubernetes_version": "1.33"},
        "newest": {"addon_name": "vpc-cni", "kubernetes_version": "1.33", "most_recent": True},
    },
    "aws_eks_cluster_versions": {"all": {}},
}

CHANGED_IN_PLACE = {
    "aws_autoscaling_group_tag.this",
    "aws_eks_addon.cni",
    "aws_eks_cluster.this",
    "aws_eks_node_group.this",
    "aws_eks_pod_identity_association.app",
    "aws_launch_template.this",
}


@pytest.mark.terraform
def test_a_whole_platform_is_made_changed_in_place_and_taken_away(aws: Server, tmp_path: Path) -> None:
    stack = workspaces(write(tmp_path / "one", platform(), data=DATA), tmp_path, aws.endpoint)[STACK]
    stack.apply()
    assert (tmp_path / "state" / f"{STACK}.tfstate").is_file()
    scaling = aws.client("autoscaling")
    group = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupName"]
    scaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=4)

    workspaces(write(tmp_path / "two", platform(changed=True), data=DATA), tmp_path, aws.endpoint)
    plan = stack.plan()
    assert plan.actions == dict.fromkeys(CHANGED_IN_PLACE, "update")
    stack.apply(plan=plan)

    cluster = aws.client("eks").describe_cluster(name="hand")["cluster"]
    assert cluster["version"] == "1.34"
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert cluster["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    sizes = aws.client("eks").describe_nodegroup(clusterName="hand", nodegroupName="linux")["nodegroup"][
        "scalingConfig"
    ]
    assert sizes == {"minSize": 1, "maxSize": 6, "desiredSize": 4}
    again = stack.plan()
    assert again.is_empty, again.explain()

    stack.destroy()
    assert leftovers(REGION) == []
