"""Plan-time check whether an existing cluster enforces NetworkPolicies; only warns."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_eks_addon import DataAwsEksAddon
from constructs import Construct

from modules.naming import addressed

MESSAGE = (
    "cluster.network_policies: {cluster} does not enforce NetworkPolicies: the configuration of its EKS add-on vpc-cni does not have "
    'enableNetworkPolicy "true". NetworkPolicies then have no effect, so every pod can connect to the pods of all teams. Set it in '
    'the configuration, or, if another network plugin enforces them, set network_policies="other" '
    "(docs/existing.md#what-keeps-teams-apart)."
)


class NetworkPolicyCheck(Construct):
    """Look up the add-on vpc-cni of a cluster, and warn at plan if its configuration does not enforce NetworkPolicies.

    The data source is outside the `check` block: inside, Terraform would show it as a read in every plan, and no plan would
    be empty. A cluster without the add-on fails the plan; settings declare that another plugin enforces policies.

    Args:
        cluster_name: name of the cluster.

    Source: https://developer.hashicorp.com/terraform/language/block/check
    Source: https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
    """

    def __init__(self, scope: Construct, id_: str, *, cluster_name: str) -> None:
        super().__init__(scope, id_)
        addon = addressed("vpc_cni", DataAwsEksAddon(self, "addon", cluster_name=cluster_name, addon_name="vpc-cni"))
        # The configuration is JSON or YAML, and JSON is YAML.
        enforced = f'try(tostring(yamldecode({addon.fqn}.configuration_values).enableNetworkPolicy), "false")'
        TerraformStack.of(self).add_override(
            "check.network_policies",
            {
                "assert": [
                    {
                        "condition": f'${{{enforced} == "true"}}',
                        "error_message": MESSAGE.format(cluster=cluster_name),
                    }
                ]
            },
        )
