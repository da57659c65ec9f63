"""EKS add-ons, each with a dedicated IAM role if it calls AWS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.data_aws_eks_addon_version import DataAwsEksAddonVersion
from cdktf_cdktf_provider_aws.eks_addon import EksAddon as AwsEksAddon
from cdktf_cdktf_provider_aws.eks_addon import EksAddonPodIdentityAssociation
from constructs import Construct

from modules.aws_data.eks_addons import EksAddon
from modules.iam.oidc_role import OidcProvider, service_account_role
from modules.iam.role import Iam, Role
from modules.naming import addressed
from modules.settings import Addon, Cluster, VpcCni
from modules.settings.cluster import AuthMethod
from modules.text import escaped


@dataclass(frozen=True)
class PodSubnets:
    """Custom networking: pods use addresses of separate subnets."""

    region: str
    subnet_id_by_zone: dict[str, str]
    security_group_id: str


class ClusterAddons(Construct):
    """The configured add-ons. Those required by nodes are installed before the nodes, the rest after.

    Args:
        iam: shared settings of the platform's roles.
        cluster_name: the cluster (token).
        cluster: cluster settings.
        oidc_provider: OIDC provider of the cluster.
        pod_subnets: subnets for pod addresses, if not the nodes' subnets.
        volume_tags: tags of new EBS volumes of claims.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        cluster_name: str,
        cluster: Cluster,
        oidc_provider: OidcProvider,
        pod_subnets: PodSubnets | None,
        volume_tags: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(scope, id_)
        self.iam = iam
        self.cluster_name = cluster_name
        self.cluster = cluster
        self.oidc_provider = oidc_provider
        self.pod_subnets = pod_subnets
        self.volume_tags = dict(volume_tags)
        self.chosen = [
            # Auto Mode nodes have the others built in; a managed node group in addition needs all.
            (facts, addon)
            for facts, addon in cluster.addons.chosen()
            if not facts.in_auto_mode or cluster.auto_mode is None or cluster.node_groups
        ]

    def install(self, *, before_nodes: bool, depends_on: Sequence[ITerraformDependable] = ()) -> list[AwsEksAddon]:
        """Create the add-ons before or after the nodes; `depends_on` is created first."""
        return [
            self._addon(facts, addon, depends_on) for facts, addon in self.chosen if facts.before_nodes == before_nodes
        ]

    def _addon(self, facts: EksAddon, addon: Addon, depends_on: Sequence[ITerraformDependable]) -> AwsEksAddon:
        auth = (addon.role.auth if addon.role is not None else None) or self.cluster.service_account_auth
        role = self._role(facts, addon, auth)
        pod_identity = role is not None and auth == "pod_identity"
        configuration = self._configuration(facts, addon)
        return addressed(
            facts.name,
            AwsEksAddon(
                self,
                facts.name,
                cluster_name=self.cluster_name,
                addon_name=facts.name,
                addon_version=addon.version or self._default_version(facts),
                configuration_values=json.dumps(configuration, sort_keys=True) if configuration else None,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                service_account_role_arn=role.arn if role is not None and not pod_identity else None,
                pod_identity_association=[
                    EksAddonPodIdentityAssociation(role_arn=role.arn, service_account=facts.service_account)
                ]
                if role is not None and pod_identity and facts.service_account is not None
                else None,
                depends_on=[*depends_on, *(role.rights if role is not None else [])] or None,
            ),
        )

    def _default_version(self, facts: EksAddon) -> str:
        """EKS's default version for the cluster's Kubernetes version; changes with it."""
        return addressed(
            facts.name,
            DataAwsEksAddonVersion(
                self, f"{facts.name}-version", addon_name=facts.name, kubernetes_version=self.cluster.kubernetes_version
            ),
        ).version

    def _role(self, facts: EksAddon, addon: Addon, auth: AuthMethod) -> Role | None:
        """The configured permissions, or the managed policies of the add-on; None without either."""
        if facts.service_account is None or (addon.role is None and not facts.managed_policies):
            return None
        own = addon.role
        managed = [self.iam.managed(policy) for policy in facts.managed_policies]
        return service_account_role(
            self,
            f"{facts.name}-role",
            auth=auth,
            oidc_provider=self.oidc_provider,
            cluster_name=self.iam.name_prefix,
            associate=False,  # the add-on creates its own association
            iam=self.iam,
            name=facts.name,
            namespace=facts.namespace,
            service_account=facts.service_account,
            policy_arns=managed if own is None else own.policy_arns,
            statements=() if own is None else own.statements,
        )

    def _configuration(self, facts: EksAddon, addon: Addon) -> dict[str, Any]:
        """Default configuration merged with settings, which take precedence."""
        ours: dict[str, Any] = {}
        if isinstance(addon, VpcCni):
            ours = self._vpc_cni(addon)
        elif facts.name == "coredns" and not self.cluster.node_groups:
            ours = {"computeType": "Fargate"}  # otherwise its pods stay pending without nodes
        elif facts.name == "aws-ebs-csi-driver" and self.volume_tags:
            ours = {"controller": {"extraVolumeTags": self.volume_tags}}
        return merged(ours, escaped(addon.configuration))

    def _vpc_cni(self, addon: VpcCni) -> dict[str, Any]:
        """Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html."""
        env: dict[str, str] = {}
        if addon.prefix_delegation:
            env |= {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
        configuration: dict[str, Any] = {"enableNetworkPolicy": "true" if addon.network_policy else "false"}
        if self.pod_subnets is not None:
            env |= {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true", "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone"}
            configuration["eniConfig"] = {
                "create": True,
                "region": self.pod_subnets.region,
                "subnets": {
                    zone: {"id": subnet_id, "securityGroups": [self.pod_subnets.security_group_id]}
                    for zone, subnet_id in self.pod_subnets.subnet_id_by_zone.items()
                },
            }
        return {**configuration, "env": env} if env else configuration


def merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Deep merge in which settings take precedence: an added `env` variable must not drop default ones."""
    both = {**ours, **theirs}
    for key in ours.keys() & theirs.keys():
        if isinstance(ours[key], Mapping) and isinstance(theirs[key], Mapping):
            both[key] = merged(ours[key], theirs[key])
    return both
