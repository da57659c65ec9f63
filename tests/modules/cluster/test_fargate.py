from modules.cluster.fargate import FargateProfiles
from modules.settings import FargateProfile, FargateSelector
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized


def test_profiles_choose_pods_and_their_role_is_for_this_clusters_profiles() -> None:
    stack = bare_stack()
    profile = FargateProfile(
        name="system",
        selectors=(FargateSelector(namespace="kube-system"), FargateSelector(namespace="a", labels={"size": "small"})),
    )
    FargateProfiles(
        stack,
        "fargate",
        context=context_of(stack),
        cluster_name="prod",
        profiles=[profile],
        subnet_ids=["subnet-1"],
    )
    document = synthesized(stack)
    assert at(document, "resource aws_eks_fargate_profile system") == {
        "cluster_name": "prod",
        "depends_on": ["aws_iam_role_policy_attachment.fargate_AmazonEKSFargatePodExecutionRolePolicy"],
        "fargate_profile_name": "system",
        "pod_execution_role_arn": "${aws_iam_role.fargate.arn}",
        "selector": [{"namespace": "kube-system"}, {"labels": {"size": "small"}, "namespace": "a"}],
        "subnet_ids": ["subnet-1"],
    }
    assert at(document, "data aws_iam_policy_document fargate_trust statement 0") == {
        "actions": ["sts:AssumeRole"],
        "condition": [
            {
                "test": "ArnLike",
                "values": [
                    "arn:aws:eks:us-west-2:${data.aws_caller_identity.current.account_id}:fargateprofile/prod/*"
                ],
                "variable": "aws:SourceArn",
            }
        ],
        "principals": [{"identifiers": ["eks-fargate-pods.amazonaws.com"], "type": "Service"}],
    }
