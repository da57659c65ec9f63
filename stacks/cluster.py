"""The cluster of a platform: control plane, access, add-ons and nodes."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.eks_addon import EksAddon
from constructs import Construct

from modules.backup.selected import volume_tags
from modules.cluster.access import ClusterAccess
from modules.cluster.addons import ClusterAddons, PodSubnets
from modules.cluster.capacity import pods_per_node
from modules.cluster.capacity_check import CapacityCheck
from modules.cluster.control_plane import ControlPlane, newer_arguments
from modules.cluster.fargate import FargateProfiles
from modules.cluster.node_group import ManagedNodeGroup
from modules.cluster.security_groups import CLUSTER_GROUP_RULES, RULES, ClusterSecurityGroups
from modules.kubeflow.chosen import release_namespaces
from modules.naming import tags
from modules.settings import Cluster, Kubeflow, Network, NodeGroup, Platform
from stacks.contract import Output
from stacks.network import NetworkStack
from stacks.runner import RunnerStack
from stacks.stack import PlatformStack


class ClusterStack(PlatformStack):
    """`<platform>-cluster`: depends on the network stack.

    Raises:
        ValueError: the platform is invalid, or its cluster is an existing one.
    """

    layer = "cluster"
    about = "EKS cluster, nodes, EKS add-ons"
    outputs = (
        Output("cluster_name", "string", "Name of the EKS cluster."),
        Output("cluster_arn", "string", "ARN of the EKS cluster."),
        Output("cluster_version", "string", "Kubernetes minor version."),
        Output(
            "cluster_endpoint",
            "string",
            "URL of the API server.",
            'startswith(value, "https://")',
            "must begin with https://",
        ),
        Output(
            "cluster_certificate_authority_data", "string", "Certificate of the API server's authority, PEM in base64."
        ),
        Output(
            "cluster_security_group_id",
            "string",
            "Cluster security group created by EKS: control plane and Fargate pods.",
            'startswith(value, "sg-")',
            "must begin with sg-",
        ),
        Output(
            "node_security_group_id",
            "string",
            "Security group of the nodes.",
            'startswith(value, "sg-")',
            "must begin with sg-",
        ),
        Output(
            "load_balancer_security_group_id",
            "string",
            "Security group for load balancers of the gateway's pods.",
            'startswith(value, "sg-")',
            "must begin with sg-",
        ),
        Output(
            "oidc_provider_arn",
            "string",
            "ARN of the IAM OIDC provider (IRSA).",
            'strcontains(value, ":oidc-provider/")',
            "must contain :oidc-provider/",
        ),
        Output(
            "oidc_issuer_host",
            "string",
            "OIDC issuer without https://.",
            '!startswith(value, "https://")',
            "must not begin with https://",
        ),
        Output("node_role_arns", "map(string)", "Node group to the ARN of its node role."),
        Output("secrets_kms_key_arn", "string", "ARN of the key that encrypts Kubernetes Secrets."),
        Output("pods_per_node", "map(number)", "Node group to the maximum pods per node."),
        Output("configure_kubectl", "string", "Command that configures kubectl for the cluster."),
    )

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Unless the cluster exists."""
        return isinstance(platform.cluster, Cluster)

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform)
        if not isinstance(platform.cluster, Cluster):
            raise ValueError(
                f"cluster: {platform.cluster.name} is an existing cluster; a cluster stack requires Cluster(…)"
            )
        self.settings = platform.cluster
        self.network = self.upstream_stack(NetworkStack)
        self.subnet_ids = self.network.strings("private_subnet_ids")
        self.groups = ClusterSecurityGroups(
            self,
            "security-groups",
            platform_name=platform.name,
            vpc_id=self.network.string("vpc_id"),
            node_groups=bool(self.settings.node_groups),
        )
        self.control_plane = ControlPlane(
            self,
            "control-plane",
            context=self.context,
            cluster=self.settings,
            subnet_ids=self.subnet_ids,
            security_group_id=self.groups.ids["control_plane"],
        )
        self.needs_arguments("aws_eks_cluster", newer_arguments(self.settings))
        self._open_ports()
        access = ClusterAccess(
            self,
            "access",
            cluster_name=self.control_plane.resource.name,
            partition=platform.partition,
            admins=self.settings.admins,
            viewers=self.settings.viewers,
            entries=self.settings.access,
        )
        if RunnerStack.wanted(platform) and platform.kubeflow is not None:
            self._let_runner_in(access, platform.kubeflow)
        addons = self._addons()
        first = addons.install(before_nodes=True)
        self.node_groups = [self._node_group(group, first) for group in self.settings.node_groups]
        compute: list[ITerraformDependable] = [node_group.resource for node_group in self.node_groups]
        if self.settings.fargate_profiles:
            compute += FargateProfiles(
                self,
                "fargate",
                context=self.context,
                cluster_name=self.control_plane.resource.name,
                profiles=self.settings.fargate_profiles,
                subnet_ids=self.subnet_ids,
            ).resources
        addons.install(before_nodes=False, depends_on=compute)
        CapacityCheck(self, "capacity", cluster=self.settings)
        self._outputs()

    def _let_runner_in(self, access: ClusterAccess, kubeflow: Kubeflow) -> None:
        """Access of HCP Terraform runs: apply installs; plan only reads Helm release Secrets.

        Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
        """
        runner = self.upstream_stack(RunnerStack)
        access.entry("hcp_apply", runner.string("apply_role_arn"), "AmazonEKSClusterAdminPolicy")
        access.entry(
            "hcp_plan", runner.string("plan_role_arn"), "AmazonEKSSecretReaderPolicy", release_namespaces(kubeflow)
        )

    def _open_ports(self) -> None:
        self.groups.allow(RULES)
        self.groups.allow_egress()
        self.groups.allow_ingress(self.settings.private_access_cidrs)
        self.groups.let_ssh_in(
            [block for group in self.settings.node_groups if group.ssh is not None for block in group.ssh.source_cidrs]
        )
        if self.settings.uses_cluster_group:
            self.groups.ids["cluster_group"] = self.control_plane.own_security_group_id
            self.groups.allow(CLUSTER_GROUP_RULES)

    def _addons(self) -> ClusterAddons:
        zones = self.platform.zone_names() if self.platform.custom_networking else ()
        pods = self.network.string("pod_subnet_id_by_zone").removesuffix("}") if zones else ""
        return ClusterAddons(
            self,
            "addons",
            iam=self.iam,
            cluster_name=self.control_plane.resource.name,
            cluster=self.settings,
            oidc_provider=self.control_plane.oidc_provider,
            pod_subnets=PodSubnets(
                self.platform.region,
                # .us-west-2a, not ["us-west-2a"]: a quote in the add-on's JSON is escaped, which Terraform cannot parse
                {zone: f"{pods}.{zone}}}" for zone in zones},
                self.groups.ids["nodes"],
            )
            if zones
            else None,
            volume_tags=volume_tags(self.platform),
        )

    def _node_group(self, group: NodeGroup, before: list[EksAddon]) -> ManagedNodeGroup:
        made = isinstance(self.platform.network, Network)
        return ManagedNodeGroup(
            self,
            f"node-group-{group.name}",
            iam=self.iam,
            cluster=self.control_plane.details,
            cluster_version=self.control_plane.resource.version,
            group=group,
            max_pods=self._pods_per_node(group),
            subnet_ids=self._subnets_in(group.zones) if group.zones else self.subnet_ids,
            zones=group.zones or (self.platform.zone_names() if made else ()),
            security_group_id=self.groups.ids["nodes"],
            tags=tags(self.platform),
            depends_on=before,
        )

    def _pods_per_node(self, group: NodeGroup) -> int:
        return pods_per_node(self.settings, group, custom_networking=self.platform.custom_networking)

    def _subnets_in(self, zones: tuple[str, ...]) -> list[str]:
        """Subnets of some zones, known at apply."""
        names = ", ".join(f'"{zone}"' for zone in sorted(zones))
        by_zone = self.network.string("private_subnet_ids_by_zone").removeprefix("${").removesuffix("}")
        return self.network.list_of(f"flatten([for zone in [{names}] : {by_zone}[zone]])")

    def _outputs(self) -> None:
        cluster = self.control_plane.resource
        self.write_outputs(
            {
                "cluster_name": cluster.name,
                "cluster_arn": cluster.arn,
                "cluster_version": cluster.version,
                "cluster_endpoint": cluster.endpoint,
                "cluster_certificate_authority_data": f"${{{cluster.fqn}.certificate_authority[0].data}}",
                "cluster_security_group_id": self.control_plane.own_security_group_id,
                "node_security_group_id": self.groups.ids["nodes"],
                "load_balancer_security_group_id": self.groups.ids["load_balancer"],
                "oidc_provider_arn": self.control_plane.oidc_provider.arn,
                "oidc_issuer_host": self.control_plane.oidc_provider.issuer_host,
                "node_role_arns": {node_group.group.name: node_group.role.arn for node_group in self.node_groups},
                "secrets_kms_key_arn": self.control_plane.secrets_key_arn,
                "pods_per_node": {group.name: self._pods_per_node(group) for group in self.settings.node_groups},
                "configure_kubectl": f"aws eks update-kubeconfig --region {self.platform.region} --name {self.platform.name}",
            }
        )
