"""Security group and launch templates of the nodes of an existing cluster, looked up at plan."""

from cdktf import Precondition, TerraformLocal, TerraformResourceLifecycle, TerraformStack, Token
from cdktf_cdktf_provider_aws.data_aws_eks_node_group import DataAwsEksNodeGroup
from cdktf_cdktf_provider_aws.data_aws_eks_node_groups import DataAwsEksNodeGroups
from cdktf_cdktf_provider_aws.data_aws_instances import DataAwsInstances, DataAwsInstancesFilter
from cdktf_cdktf_provider_aws.data_aws_launch_template import DataAwsLaunchTemplate
from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
from constructs import Construct

from modules.naming import addressed


class ExistingNodes(Construct):
    """Look up which security groups the managed node groups give to their nodes, and choose one that all of them have.

    A node group without a launch template, or whose launch template names no security group, has the cluster security group,
    and so have nodes of EKS Auto Mode. The cluster security group is chosen if all nodes have it. Launch templates are read in
    their newest version; running nodes prove that they have the chosen group.

    Args:
        cluster_data: address of the cluster's data source.
        cluster_name: its name, for messages.
        security_group_id: from settings; None: look it up.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, cluster_data: str, cluster_name: str, security_group_id: str | None
    ) -> None:
        super().__init__(scope, id_)
        names = addressed(
            "of_the_cluster", DataAwsEksNodeGroups(self, "node-groups", cluster_name=f"${{{cluster_data}.name}}")
        )
        self.node_groups = addressed(
            "of_the_cluster",
            DataAwsEksNodeGroup(
                self, "node-group", cluster_name=f"${{{cluster_data}.name}}", node_group_name="${each.value}"
            ),
        )
        self.node_groups.add_override("for_each", f"${{{names.fqn}.names}}")
        self.templates = addressed("of_node_groups", DataAwsLaunchTemplate(self, "launch-template", id="${each.value}"))
        self.templates.add_override(
            "for_each",
            f"${{{{for name, group in {self.node_groups.fqn} : "
            "name => group.launch_template[0].id if length(group.launch_template) > 0}}",
        )
        self._warn_of_metadata(cluster_name)
        own = f"{cluster_data}.vpc_config[0].cluster_security_group_id"
        # within one expression, cdktf resolves no reference after a closing brace
        auto = self._local(
            "auto_mode_security_groups",
            f'try({cluster_data}.compute_config[0].enabled, false) ? {{"EKS Auto Mode" = toset([{own}])}} : {{}}',
        )
        carried = self._local("node_group_security_groups", f"merge({auto}, {self._carried(own)})")
        shared = self._local(
            "shared_security_groups",
            f"length({carried}) == 0 ? toset([]) : setintersection(values({carried})...)",
        )
        if security_group_id is None:
            looked_up = self._local(
                "node_security_group_id", f'contains({shared}, {own}) ? {own} : try(sort({shared})[0], "none")'
            )
            chosen = f"${{{looked_up}}}"
            conditions = self._of_lookup(cluster_name, carried, looked_up, self._running(f"{cluster_data}.name"))
        else:
            chosen = security_group_id
            conditions = self._of_setting(cluster_name, security_group_id, carried, own)
        self._group = addressed(
            "nodes",
            DataAwsSecurityGroup(
                self,
                "security-group",
                id=chosen,
                lifecycle=TerraformResourceLifecycle(precondition=conditions),
            ),
        )
        self._all = self._local(
            "node_security_group_ids",
            f"contains({shared}, {self._group.fqn}.id) ? sort({shared}) : [{self._group.fqn}.id]",
        )

    @property
    def security_group_id(self) -> str:
        """The security group that all nodes have (token)."""
        return self._group.id

    @property
    def security_group_ids(self) -> list[str]:
        """All security groups that every node has, whose rules add up (token of type list(string))."""
        return Token.as_list(f"${{{self._all}}}")

    def _warn_of_metadata(self, cluster: str) -> None:
        """A `check` block: pods of these node groups reach the instance metadata. EKS sets two hops where a launch template sets none.

        Source: https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
        """
        hops = f"try({self.templates.fqn}[name].metadata_options[0].http_put_response_hop_limit, 0)"
        open_ = f"[for name, group in {self.node_groups.fqn} : name if {hops} != 1]"
        TerraformStack.of(self).add_override(
            "check.node_metadata",
            {
                "assert": [
                    {
                        "condition": f"${{length({open_}) == 0}}",
                        "error_message": f'cluster.name: pods on node groups ${{join(", ", {open_})}} of {cluster} can reach the instance '
                        "metadata, and with it use the permissions of the node role; set HttpPutResponseHopLimit to 1 in their launch "
                        "templates (docs/existing.md#isolation-between-teams).",
                    }
                ]
            },
        )

    def _local(self, name: str, expression: str) -> str:
        return str(addressed(name, TerraformLocal(self, name, f"${{{expression}}}")).fqn)

    def _carried(self, own: str) -> str:
        """Node group to its security groups."""
        template = f"{self.templates.fqn}[name]"
        interfaces = f"flatten([for one in {template}.network_interfaces : tolist(one.security_groups)])"
        of_template = f"distinct(concat(tolist({template}.vpc_security_group_ids), {interfaces}))"
        remote = "[for one in group.resources : one.remote_access_security_group_id]"
        return (
            f"{{for name, group in {self.node_groups.fqn} : name => toset(length(group.launch_template) == 0 ? "
            f"compact(concat([{own}], {remote})) : length({of_template}) == 0 ? [{own}] : {of_template})}}"
        )

    def _running(self, name: str) -> str:
        """Ids of running nodes of the node groups; EKS tags them."""
        return addressed(
            "of_node_groups",
            DataAwsInstances(
                self,
                "instances",
                filter=[DataAwsInstancesFilter(name="tag:eks:cluster-name", values=[f"${{{name}}}"])],
            ),
        ).fqn

    def _with_group(self, chosen: str) -> str:
        return addressed(
            "with_the_group",
            DataAwsInstances(
                self,
                "instances-with-the-group",
                filter=[DataAwsInstancesFilter(name="instance.group-id", values=[chosen])],
            ),
        ).fqn

    def _of_lookup(self, cluster: str, carried: str, chosen: str, running: str) -> list[Precondition]:
        without = f"setsubtract({running}.ids, {self._with_group(f'${{{chosen}}}')}.ids)"
        return [
            Precondition(
                condition=f"${{length({carried}) > 0}}",
                error_message=f"cluster.node_security_group_id: {cluster} has no managed node groups and not EKS Auto Mode, so the security "
                "group of its nodes is not known; set it to the group of the nodes where Kubeflow runs, or, if all pods run on "
                "Fargate, to the cluster security group.",
            ),
            Precondition(
                condition=f'${{length({carried}) == 0 || {chosen} != "none"}}',
                error_message=f"cluster.node_security_group_id: the node groups of {cluster} have no security group in common: {_listed(carried)}; "
                "set it to the group of the nodes where Kubeflow runs.",
            ),
            Precondition(
                condition=f'${{{chosen} == "none" || length({without}) == 0}}',
                error_message=f"cluster.node_security_group_id: nodes of {cluster} do not have the security group ${{{chosen}}} of their launch template: "
                f'${{join(", ", {without})}}; set it to a group that they have, or replace the nodes.',
            ),
        ]

    def _of_setting(self, cluster: str, given: str, carried: str, own: str) -> list[Precondition]:
        instances = self._with_group(given)
        return [
            Precondition(
                condition=f'${{length({carried}) == 0 || contains(flatten([for ids in values({carried}) : tolist(ids)]), "{given}") || '
                f"length({instances}.ids) > 0}}",
                error_message=f"cluster.node_security_group_id: no node of {cluster} has {given}; its node groups have: {_listed(carried)}, and the "
                f"cluster security group is ${{{own}}}; set one of these, or remove it so that it is looked up.",
            )
        ]


def _listed(carried: str) -> str:
    """Each node group with its security groups, as a sentence's part."""
    return f'${{join("; ", [for name, ids in {carried} : "${{name}}: ${{join(", ", ids)}}"])}}'
