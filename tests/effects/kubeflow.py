"""What the settings of Kubeflow and of the add-ons do; `chart` in a path means an object of a chart that synthesis makes."""

import json
from collections.abc import Mapping
from typing import Any

from modules.settings import (
    Addon,
    AutoMode,
    Dex,
    Disk,
    DisruptionBudget,
    Dns01Issuer,
    KnativeDomain,
    Kubeflow,
    NodeGroup,
    NodePool,
    Taint,
)
from modules.settings.component import Component, HelmChart
from tests.documents import GONE
from tests.effects import ACCOUNT, READY, READY_CLUSTER, Effect, Expected

KARPENTER = ("karpenter-crds", "karpenter", "karpenter-node-pools")
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
USUAL = Kubeflow(auth=Dex(users=("ada@example.com",)))
WITH_KUBEFLOW = READY.with_changes(kubeflow=USUAL)
WITH_AGENT = WITH_KUBEFLOW.with_changes(
    cluster=READY_CLUSTER.with_changes(addons=READY_CLUSTER.addons.with_changes(eks_pod_identity_agent=Addon()))
)
POOL = NodePool(name="pool")
WITH_POOL = READY.with_changes(kubeflow=USUAL.with_changes(enable=KARPENTER, node_pools=(POOL,)))
WITH_FABRIC = READY.with_changes(
    kubeflow=USUAL.with_changes(
        enable=(*KARPENTER, "aws-efa-k8s-device-plugin"), node_pools=(POOL.with_changes(zones=("us-west-2a",)),)
    )
)
ISSUER_CHART = "kubeflow chart dns01_issuer"
ZONES = ("Z0123456789ABCDEFGHIJ",)
WITH_DNS = READY.with_changes(
    kubeflow=USUAL.with_changes(enable=("external-dns",), dns_zone_ids=("Z9876543210ABCDEFGHIJ",))
)
WITH_LOGS = READY.with_changes(kubeflow=USUAL.with_changes(enable=("aws-for-fluent-bit",)))
WITH_GPUS = READY.with_changes(kubeflow=USUAL.with_changes(enable=("nvidia-device-plugin",)))
OWN = Component(
    "portal", "portal", HelmChart("https://charts.example.com", "portal", "1.2.3"), needs=("katib",), timeout_seconds=60
)
SLOW = Component("slow", "slow", HelmChart("https://charts.example.com", "slow", "1.2.3"), needs=("katib",), minutes=6)
TAKES_LONG = READY.with_changes(
    kubeflow=USUAL.with_changes(extra_components=(SLOW,), provider_auth="token", split=False)
)
RELEASES = "kubeflow resource helm_release"
GP3 = "addons chart default_storage_class StorageClass/gp3"
NODE_CLASS = "addons chart karpenter_node_pools EC2NodeClass/pool spec"
NODE_POOL = "addons chart karpenter_node_pools NodePool/pool spec"
REQUIREMENTS = f"{NODE_POOL} template spec requirements"
AUTOSCALER = "addons resource helm_release cluster_autoscaler"


def kubeflow(does: Mapping[str, Expected], base: Any = WITH_KUBEFLOW, **changes: Any) -> Effect:
    return Effect(base.with_changes(kubeflow=base.kubeflow.with_changes(**changes)), does, base)


def pool(does: Mapping[str, Expected], **changes: Any) -> Effect:
    return kubeflow(does, WITH_POOL, node_pools=(POOL.with_changes(**changes),))


EFFECTS = (
    Effect(
        WITH_KUBEFLOW.with_changes(cluster=READY_CLUSTER.with_changes(auto_mode=AutoMode())),
        {
            "Cluster.auto_mode": {
                f"{GP3} provisioner": "ebs.csi.eks.amazonaws.com",
                f"{GP3} allowedTopologies": [
                    {"matchLabelExpressions": [{"key": "eks.amazonaws.com/compute-type", "values": ["auto"]}]}
                ],
                "addons resource helm_release aws_load_balancer_controller": GONE,
            }
        },
        WITH_KUBEFLOW,
    ),
    Effect(
        WITH_KUBEFLOW,
        {
            "Platform.kubeflow": {
                f"{RELEASES} katib chart": "${path.module}/charts/katib",
                f"{RELEASES} katib namespace": "kubeflow",
                "addons resource helm_release default_storage_class namespace": "kube-system",
                "services resource aws_secretsmanager_secret user_ada_example_com name": "base/user-ada-example-com",
            }
        },
    ),
    kubeflow(
        {
            "Kubeflow.images": {
                "addons values aws_load_balancer_controller image": {
                    "repository": "registry.example.com/controller",
                    "tag": "v9",
                }
            }
        },
        images={"public.ecr.aws/eks/aws-load-balancer-controller": "registry.example.com/controller:v9"},
    ),
    kubeflow(
        {
            "Kubeflow.enable": {f"{RELEASES} kuberay version": "1.7.0"},
            "Kubeflow.disable": {f"{RELEASES} spark_operator": GONE, f"{RELEASES} spark_operator_crds": GONE},
            "Kubeflow.preinstalled": {
                f"{RELEASES} cert_manager": GONE,
                "kubeflow chart kubeflow_namespaces Namespace/cert-manager": GONE,
                f"{RELEASES} katib_crds depends_on": [
                    "helm_release.kubeflow_namespaces",
                    "helm_release.istio_crs",
                    "helm_release.kubeflow_roles_rights",
                    "helm_release.database_users",
                    "kubernetes_secret_v1.katib_katib_mysql_secrets",
                ],
            },
        },
        enable=("kuberay",),
        disable=("spark-operator",),
        preinstalled=("cert-manager",),
    ),
    kubeflow(
        {
            "Kubeflow.extra_components": {
                f"{RELEASES} portal repository": "https://charts.example.com",
                f"{RELEASES} portal version": "1.2.3",
                f"{RELEASES} portal timeout": 60,
                f"{RELEASES} portal depends_on": ["helm_release.kubeflow_namespaces", "helm_release.katib"],
                "kubeflow chart kubeflow_namespaces Namespace/portal metadata name": "portal",
            },
            "Kubeflow.values": {"kubeflow values portal": {"title": "$${HOME}"}},
        },
        extra_components=(OWN,),
        values={"portal": {"title": "${HOME}"}},
    ),
    kubeflow(
        {
            "Kubeflow.service_account_auth": {
                "addons resource aws_eks_pod_identity_association cluster_autoscaler service_account": "cluster-autoscaler",
            }
        },
        WITH_AGENT,
        service_account_auth="pod_identity",
    ),
    kubeflow(
        {
            "Kubeflow.provider_auth": {
                "kubeflow provider helm 0 kubernetes exec": GONE,
                "kubeflow provider kubernetes 0 exec": GONE,
                "kubeflow provider helm 0 kubernetes token": "${ephemeral.aws_eks_cluster_auth.this.token}",
            }
        },
        provider_auth="token",
        split=False,
    ),
    kubeflow(
        {"Kubeflow.split": {"kubeflow-2 resource helm_release slow version": "1.2.3", "kubeflow": GONE}},
        TAKES_LONG,
        split=True,
    ),
    kubeflow(
        {
            "Kubeflow.knative_domain": {
                "kubeflow values kserve tokens knative_domain": "models.example.com",
                "kubeflow values kserve tokens knative_url_scheme": "https",
            },
            "KnativeDomain.name": {
                "kubeflow values knative_serving tokens knative_domains": {"models.example.com": ""},
            },
            "KnativeDomain.tls_secret_name": {
                "kubeflow values knative_serving tokens knative_url_scheme": "https",
                "kubeflow values kubeflow_istio_resources tokens gateway_servers 1": {
                    "hosts": ["*.models.example.com"],
                    "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
                    "tls": {"mode": "SIMPLE", "credentialName": "wildcard"},
                },
            },
        },
        knative_domain=KnativeDomain(name="models.example.com", tls_secret_name="wildcard"),
    ),
    kubeflow(
        {
            "Kubeflow.dns01_issuer": {
                f"{ISSUER_CHART} ClusterIssuer/company spec acme solvers 0 dns01 route53 role": "@@role_arn_dns01_issuer@@",
                "kubeflow values dns01_issuer tokens role_arn_dns01_issuer": "${aws_iam_role.dns01_issuer.arn}",
            },
            "Dns01Issuer.zone_id": {
                f"{ISSUER_CHART} ClusterIssuer/company spec acme solvers 0 dns01 route53 hostedZoneID": ZONES[0],
                "kubeflow data aws_iam_policy_document dns01_issuer_rights statement 1 resources": [
                    f"arn:aws:route53:::hostedzone/{ZONES[0]}"
                ],
            },
            "Dns01Issuer.domain": {
                f"{ISSUER_CHART} ClusterIssuer/company spec acme solvers 0 selector dnsZones": ["ml.example.company"]
            },
            "Dns01Issuer.email": {f"{ISSUER_CHART} ClusterIssuer/company spec acme email": "ada@example.company"},
            "Dns01Issuer.server": {
                f"{ISSUER_CHART} ClusterIssuer/company spec acme server": "https://acme.example.company/directory"
            },
            "Dns01Issuer.name": {
                f"{ISSUER_CHART} ClusterIssuer/company spec acme privateKeySecretRef name": "company-acme-account"
            },
        },
        dns01_issuer=Dns01Issuer(
            zone_id=ZONES[0],
            domain="ml.example.company",
            email="ada@example.company",
            server="https://acme.example.company/directory",
            name="company",
        ),
    ),
    kubeflow(
        {
            "Kubeflow.dns_zone_ids": {
                "addons data aws_iam_policy_document external_dns_rights statement 0 resources": [
                    f"arn:aws:route53:::hostedzone/{ZONES[0]}"
                ]
            }
        },
        WITH_DNS,
        dns_zone_ids=ZONES,
    ),
    kubeflow(
        {
            "Kubeflow.pod_log_retention_days": {
                "addons resource aws_cloudwatch_log_group pod_logs retention_in_days": 30
            }
        },
        WITH_LOGS,
        pod_log_retention_days=30,
    ),
    kubeflow(
        {
            "Kubeflow.gpu_time_slices": {
                "addons values nvidia_device_plugin config map default": json.dumps(
                    {
                        "sharing": {"timeSlicing": {"resources": [{"name": "nvidia.com/gpu", "replicas": 4}]}},
                        "version": "v1",
                    }
                )
            }
        },
        WITH_GPUS,
        gpu_time_slices=4,
    ),
    Effect(
        WITH_POOL.with_changes(
            cluster=READY_CLUSTER.with_changes(node_groups=(NodeGroup(name="nodes"), NodeGroup(name="karpenter"))),
            kubeflow=WITH_POOL.kubeflow.with_changes(karpenter_node_group="karpenter"),  # type: ignore[union-attr]
        ),
        {
            "Kubeflow.karpenter_node_group": {
                "addons values karpenter nodeSelector": {"eks.amazonaws.com/nodegroup": "karpenter"}
            }
        },
        WITH_POOL,
    ),
    kubeflow(
        {
            "Kubeflow.node_pools": {f"{NODE_POOL} limits cpu": 256, AUTOSCALER: GONE},
            "NodePool.name": {f"{NODE_CLASS} role": "@@node_role_name@@"},
        },
        enable=KARPENTER,
        node_pools=(POOL,),
    ),
    pool(
        {
            "NodePool.instance_categories": {f"{REQUIREMENTS} 0 values": ["g"]},
            "NodePool.architectures": {f"{REQUIREMENTS} 1 values": ["arm64"]},
            "NodePool.capacity_types": {f"{REQUIREMENTS} 2 values": ["spot", "on-demand"]},
            "NodePool.ami_family": {
                f"{NODE_CLASS} amiSelectorTerms 0 alias": "bottlerocket@latest",
                f"{NODE_CLASS} blockDeviceMappings 0 deviceName": "/dev/xvdb",
            },
            "NodePool.cpu_limit": {f"{NODE_POOL} limits cpu": 64},
            "NodePool.memory_limit_gib": {f"{NODE_POOL} limits memory": "512Gi"},
            "NodePool.labels": {f"{NODE_POOL} template metadata labels": {"example.com/pool": "gpus"}},
            "NodePool.taints": {
                f"{NODE_POOL} template spec taints": [{"key": "gpu", "value": "yes", "effect": "NoExecute"}]
            },
            "NodePool.disk": {
                f"{NODE_CLASS} blockDeviceMappings 0 ebs volumeSize": "200Gi",
                f"{NODE_CLASS} blockDeviceMappings 0 ebs volumeType": "io2",
                f"{NODE_CLASS} blockDeviceMappings 0 ebs iops": 5000,
                f"{NODE_CLASS} blockDeviceMappings 0 ebs kmsKeyID": KEY,
            },
            "NodePool.consolidate_after": {f"{NODE_POOL} disruption consolidateAfter": "Never"},
        },
        instance_categories=("g",),
        architectures=("arm64",),
        capacity_types=("spot", "on-demand"),
        ami_family="Bottlerocket",
        cpu_limit=64,
        memory_limit_gib=512,
        labels={"example.com/pool": "gpus"},
        taints=(Taint(key="gpu", value="yes", effect="NO_EXECUTE"),),
        disk=Disk(size_gib=200, volume_type="io2", iops=5000, kms_key_arn=KEY),
        consolidate_after="Never",
    ),
    pool(
        {
            "NodePool.instance_families": {
                f"{REQUIREMENTS} 0": {"key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": ["m7i"]}
            },
            "NodePool.instance_sizes": {
                f"{REQUIREMENTS} 3": {"key": "karpenter.k8s.aws/instance-size", "operator": "In", "values": ["large"]}
            },
            "NodePool.min_generation": {
                f"{REQUIREMENTS} 4": {
                    "key": "karpenter.k8s.aws/instance-generation",
                    "operator": "Gte",
                    "values": ["6"],
                }
            },
            "NodePool.replicas": {
                f"{NODE_POOL} replicas": 2,
                f"{NODE_POOL} limits": GONE,
                "addons values karpenter settings featureGates": {"staticCapacity": True},
            },
            "NodePool.ami_id": {
                f"{NODE_CLASS} amiSelectorTerms": [{"id": "ami-0123456789abcdef0"}],
                f"{NODE_CLASS} amiFamily": "AL2023",
            },
        },
        instance_families=("m7i",),
        instance_sizes=("large",),
        min_generation=6,
        replicas=2,
        ami_id="ami-0123456789abcdef0",
    ),
    pool(
        {
            "NodePool.instance_types": {
                f"{REQUIREMENTS} 2": {
                    "key": "node.kubernetes.io/instance-type",
                    "operator": "In",
                    "values": ["m6id.large"],
                }
            },
            "NodePool.local_disks": {
                f"{NODE_CLASS} instanceStorePolicy": "RAID0",
                f"{REQUIREMENTS} 3": {
                    "key": "karpenter.k8s.aws/instance-local-nvme",
                    "operator": "Gt",
                    "values": ["0"],
                },
            },
            "NodePool.zones": {
                f"{REQUIREMENTS} 4": {
                    "key": "topology.kubernetes.io/zone",
                    "operator": "In",
                    "values": ["us-west-2a"],
                }
            },
            "NodePool.capacity_reservation_ids": {
                f"{NODE_CLASS} capacityReservationSelectorTerms": [{"id": "cr-0123456789abcdef0"}]
            },
            "NodePool.user_data": {f"{NODE_CLASS} userData": "[settings]\n"},
            "NodePool.weight": {f"{NODE_POOL} weight": 7},
            "NodePool.expire_after": {f"{NODE_POOL} template spec expireAfter": "Never"},
            "NodePool.disruption_budgets": {f"{NODE_POOL} disruption budgets 0 nodes": "0"},
            "DisruptionBudget.nodes": {f"{NODE_POOL} disruption budgets 1 nodes": "5"},
            "DisruptionBudget.schedule": {f"{NODE_POOL} disruption budgets 0 schedule": "0 8 * * *"},
            "DisruptionBudget.duration": {f"{NODE_POOL} disruption budgets 0 duration": "10h"},
            "DisruptionBudget.reasons": {f"{NODE_POOL} disruption budgets 0 reasons": ["Drifted"]},
        },
        instance_types=("m6id.large",),
        ami_family="Bottlerocket",
        capacity_types=("reserved",),
        capacity_reservation_ids=("cr-0123456789abcdef0",),
        local_disks="raid0",
        zones=("us-west-2a",),
        user_data="[settings]\n",
        weight=7,
        expire_after="Never",
        disruption_budgets=(
            DisruptionBudget(nodes="0", schedule="0 8 * * *", duration="10h", reasons=("Drifted",)),
            DisruptionBudget(nodes="5"),
        ),
    ),
    kubeflow(
        {
            "NodePool.efa": {
                f"{NODE_CLASS} placementGroupSelector name": "@@placement_group_pool@@",
                "addons resource aws_placement_group karpenter_pool strategy": "cluster",
                "addons values karpenter_node_pools tokens placement_group_pool": "${aws_placement_group.karpenter_pool.name}",
            }
        },
        WITH_FABRIC,
        node_pools=(POOL.with_changes(zones=("us-west-2a",), efa=True),),
    ),
)
