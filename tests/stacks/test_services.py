from tests.documents import GONE, at
from tests.platforms import stacks_of

TRUST = "data aws_iam_policy_document team_a_default_editor_trust statement 0"


def test_a_role_trusts_the_issuer_of_the_cluster_stack() -> None:
    document = stacks_of("everything")["services"]
    outputs = "data.terraform_remote_state.cluster.outputs"
    assert at(document, f"{TRUST} principals 0 identifiers") == [f"${{{outputs}.oidc_provider_arn}}"]
    assert [condition["variable"] for condition in at(document, f"{TRUST} condition")] == [
        f"${{{outputs}.oidc_issuer_host}}:aud",
        f"${{{outputs}.oidc_issuer_host}}:sub",
    ]


def test_in_a_hand_over_the_issuer_is_a_variable() -> None:
    document = stacks_of("handover")["services"]
    assert at(document, f"{TRUST} principals 0 identifiers") == ["${var.oidc_provider_arn}"]
    assert set(document["variable"]) == {"cluster_name", "oidc_issuer_host", "oidc_provider_arn"}


def test_of_a_cluster_that_is_anothers_it_is_looked_up() -> None:
    document = stacks_of("existing")["services"]
    assert at(document, f"{TRUST} principals 0 identifiers") == ["${data.aws_iam_openid_connect_provider.this.arn}"]
    assert at(document, f"{TRUST} condition 1 variable") == (
        '${replace(data.aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://", "")}:sub'
    )
    assert at(document, "data terraform_remote_state") == GONE


def test_pod_identity_is_associated_with_that_cluster() -> None:
    association = at(
        stacks_of("existing")["services"], "resource aws_eks_pod_identity_association team_b_default_editor"
    )
    assert association["cluster_name"] == "${data.aws_eks_cluster.this.name}"
    assert association["role_arn"] == "${aws_iam_role.team_b_default_editor.arn}"


def test_roles_are_handed_on_by_namespace_and_account() -> None:
    outputs = stacks_of("existing")["services"]["output"]
    assert outputs["service_account_role_arns"]["value"] == {
        "team-a/default-editor": "${aws_iam_role.team_a_default_editor.arn}",
        "team-b/default-editor": "${aws_iam_role.team_b_default_editor.arn}",
    }
    assert outputs["cluster_name"]["value"] == "${data.aws_eks_cluster.this.name}"
