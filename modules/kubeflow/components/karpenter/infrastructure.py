"""AWS resources of Karpenter: node role and interruption queue."""

import json
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.ec2_tag import Ec2Tag
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.placement_group import PlacementGroup
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules.aws_data.node_policies import NODE_POLICIES
from modules.aws_data.regions import PARTITIONS
from modules.iam.role import Iam, Role, Trust
from modules.iam.tls_only import tls_only
from modules.naming import addressed, aws_name, slug

DISCOVERY_TAG = "karpenter.sh/discovery"
"""Tag of subnets that Karpenter may use, with the cluster's name. Source: https://karpenter.sh/docs/concepts/nodeclasses/."""

EVENTS = MappingProxyType(
    {
        "capacity-reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
        "health": ("aws.health", "AWS Health Event"),
        "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
        "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
        "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    }
)
"""Name of a rule to source and detail type of the events that Karpenter acts on.

Source: https://karpenter.sh/docs/concepts/disruption/#interruption
"""
MESSAGE_SECONDS = 300
"""Message retention in seconds; a spot instance is terminated two minutes after its warning."""


def placement_token(pool: str) -> str:
    """Name of the token with a pool's placement group.

    Args:
        pool: name of the node pool.
    """
    return f"placement_group_{slug(pool)}"


class KarpenterInfrastructure(Construct):
    """Node role with its access entry, interruption queue with its rules, and discovery tags.

    Terraform addresses: `aws_iam_role.karpenter_node`, `aws_eks_access_entry.karpenter_node`, `aws_sqs_queue.karpenter`,
    `aws_cloudwatch_event_rule.karpenter_<event>`, `aws_ec2_tag.karpenter_<subnet>`, `aws_placement_group.karpenter_<pool>`.

    Args:
        iam: shared settings of the platform's roles.
        cluster_name: the cluster, in authentication mode API or API_AND_CONFIG_MAP.
        tag_subnet_ids: subnet ids (known at synthesis) that get the discovery tag here, in an existing network. A network
            created by the platform sets the tag itself: two states must not both manage the tags of a subnet.
        grouped_pools: names of node pools whose nodes are close to each other, in a cluster placement group.

    Source: https://karpenter.sh/docs/reference/cloudformation/
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        cluster_name: str,
        tag_subnet_ids: Sequence[str],
        grouped_pools: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        self.iam = iam
        self.node_role = Role(
            self,
            "node-role",
            iam=iam,
            name="karpenter-node",
            trust=Trust("Service", (PARTITIONS[iam.partition].ec2_principal,)),
            policy_arns=[iam.managed(policy) for policy in NODE_POLICIES],
        )
        addressed(
            "karpenter_node",
            EksAccessEntry(
                self, "node-access", cluster_name=cluster_name, principal_arn=self.node_role.arn, type="EC2_LINUX"
            ),
        )
        self.queue = addressed(
            "karpenter",
            SqsQueue(
                self,
                "queue",
                name=aws_name(iam.name_prefix, "karpenter", limit=80),
                message_retention_seconds=MESSAGE_SECONDS,
                sqs_managed_sse_enabled=True,
            ),
        )
        self._let_in([self._rule(name, *event) for name, event in EVENTS.items()])
        for subnet_id in tag_subnet_ids:
            addressed(
                f"karpenter_{subnet_id.removeprefix('subnet-')}",
                Ec2Tag(self, f"{subnet_id}-tag", resource_id=subnet_id, key=DISCOVERY_TAG, value=cluster_name),
            )

        self.placement_groups = {placement_token(pool): self._placement_group(pool) for pool in grouped_pools}
        """Token of a pool to the name of its placement group (token)."""

    @property
    def queue_name(self) -> str:
        """Name of the interruption queue (token)."""
        return self.queue.name

    @property
    def queue_arn(self) -> str:
        """ARN of the interruption queue (token)."""
        return self.queue.arn

    @property
    def node_role_arn(self) -> str:
        """ARN of the nodes' role (token)."""
        return self.node_role.arn

    @property
    def node_role_name(self) -> str:
        """Name of the nodes' role (token): `role` of an EC2NodeClass."""
        return self.node_role.resource.name

    def _placement_group(self, pool: str) -> str:
        name = aws_name(self.iam.name_prefix, "karpenter", pool, limit=255)
        group = PlacementGroup(self, f"{pool}-placement", name=name, strategy="cluster")
        return addressed(f"karpenter_{slug(pool)}", group).name

    def _rule(self, name: str, source: str, detail_type: str) -> CloudwatchEventRule:
        address = f"karpenter_{slug(name)}"
        rule = addressed(
            address,
            CloudwatchEventRule(
                self,
                f"{name}-rule",
                name=aws_name(self.iam.name_prefix, "karpenter", name),
                description=f"{detail_type}, for Karpenter",
                event_pattern=json.dumps({"source": [source], "detail-type": [detail_type]}),
            ),
        )
        addressed(
            address,
            CloudwatchEventTarget(self, f"{name}-target", rule=rule.name, arn=self.queue.arn, target_id="karpenter"),
        )
        return rule

    def _let_in(self, rules: Sequence[CloudwatchEventRule]) -> None:
        """Only these rules can send messages, and TLS is required."""
        document = addressed(
            "karpenter_queue",
            DataAwsIamPolicyDocument(self, "queue-access", statement=list(self._queue_statements(rules))),
        )
        addressed("karpenter", SqsQueuePolicy(self, "queue-policy", queue_url=self.queue.url, policy=document.json))

    def _queue_statements(self, rules: Sequence[CloudwatchEventRule]) -> Iterator[DataAwsIamPolicyDocumentStatement]:
        yield DataAwsIamPolicyDocumentStatement(
            sid="EventBridge",
            actions=["sqs:SendMessage"],
            resources=[self.queue.arn],
            principals=[
                DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=["events.amazonaws.com"])
            ],
            condition=[
                DataAwsIamPolicyDocumentStatementCondition(
                    test="ArnEquals", variable="aws:SourceArn", values=[rule.arn for rule in rules]
                )
            ],
        )
        yield tls_only("sqs", [self.queue.arn])
