import cdktf

from modules.iam.oidc_role import OidcProvider, OidcRole, PodIdentityRole
from modules.iam.role import Iam
from modules.settings import Statement
from tests.documents import GONE, at, bare_stack, synthesized

PROVIDER = OidcProvider(
    arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/ABC",
    issuer_host="oidc.eks.us-west-2.amazonaws.com/id/ABC",
)
READ = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",))


def test_anyone_makes_a_role_in_one_line() -> None:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "anyone")

    role = OidcRole(
        stack, "role", iam=Iam("mine"), oidc_provider=PROVIDER, namespace="a", service_account="b", statements=[READ]
    )

    document = synthesized(stack)
    assert at(document, "resource aws_iam_role_policy a_b role") == "${aws_iam_role.a_b.name}"
    assert role.resource.friendly_unique_id == "a_b"
    assert at(document, "resource aws_iam_role a_b name") == "mine-a-b"
    assert at(document, "data aws_iam_policy_document a_b_rights statement 0 actions") == ["s3:GetObject"]


def test_the_trust_names_audience_and_exactly_one_service_account() -> None:
    stack = bare_stack()
    OidcRole(stack, "role", iam=Iam("p"), oidc_provider=PROVIDER, namespace="team-a", service_account="editor")
    assert at(synthesized(stack), "data aws_iam_policy_document team_a_editor_trust statement") == [
        {
            "actions": ["sts:AssumeRoleWithWebIdentity"],
            "condition": [
                {
                    "test": "StringEquals",
                    "values": ["sts.amazonaws.com"],
                    "variable": "oidc.eks.us-west-2.amazonaws.com/id/ABC:aud",
                },
                {
                    "test": "StringEquals",
                    "values": ["system:serviceaccount:team-a:editor"],
                    "variable": "oidc.eks.us-west-2.amazonaws.com/id/ABC:sub",
                },
            ],
            "principals": [{"identifiers": [PROVIDER.arn], "type": "Federated"}],
        }
    ]


def test_pod_identity_gives_the_same_rights_to_the_same_account_of_one_cluster() -> None:
    stack = bare_stack()
    PodIdentityRole(
        stack,
        "role",
        iam=Iam("p"),
        cluster_name="prod",
        namespace="team-a",
        service_account="editor",
        statements=[READ],
    )
    document = synthesized(stack)
    trust = at(document, "data aws_iam_policy_document team_a_editor_trust statement")
    assert trust == [
        {
            "actions": ["sts:AssumeRole", "sts:TagSession"],
            "condition": [
                {"test": "StringEquals", "values": ["prod"], "variable": "aws:RequestTag/eks-cluster-name"},
                {"test": "StringEquals", "values": ["team-a"], "variable": "aws:RequestTag/kubernetes-namespace"},
                {"test": "StringEquals", "values": ["editor"], "variable": "aws:RequestTag/kubernetes-service-account"},
            ],
            "principals": [{"identifiers": ["pods.eks.amazonaws.com"], "type": "Service"}],
        }
    ]
    assert at(document, "resource aws_eks_pod_identity_association team_a_editor") == {
        "cluster_name": "prod",
        "depends_on": ["aws_iam_role_policy.team_a_editor"],
        "namespace": "team-a",
        "role_arn": "${aws_iam_role.team_a_editor.arn}",
        "service_account": "editor",
    }
    assert at(document, "data aws_iam_policy_document team_a_editor_rights statement 0 resources") == [
        "arn:aws:s3:::data/*"
    ]


def test_an_addon_makes_its_own_association() -> None:
    stack = bare_stack()
    PodIdentityRole(
        stack, "role", iam=Iam("p"), cluster_name="prod", namespace="n", service_account="s", associate=False
    )
    assert at(synthesized(stack), "resource aws_eks_pod_identity_association") == GONE


def test_a_name_of_ones_own_replaces_namespace_and_account() -> None:
    stack = bare_stack()
    OidcRole(
        stack,
        "r",
        iam=Iam("p"),
        oidc_provider=PROVIDER,
        namespace="kube-system",
        service_account="aws-node",
        name="vpc-cni",
    )
    assert at(synthesized(stack), "resource aws_iam_role vpc_cni name") == "p-vpc-cni"
