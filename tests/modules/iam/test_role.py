import cdktf
import pytest
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from modules.iam.role import Iam, Role, Trust
from modules.naming import addressed
from modules.settings import Statement
from tests.documents import GONE, at, bare_stack, exactly, synthesized

IAM = Iam("prod")
EC2 = Trust("Service", ("ec2.amazonaws.com",))
BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


def test_a_role_trusts_its_principal_only() -> None:
    stack = bare_stack()
    Role(stack, "role", iam=IAM, name="node-a", trust=EC2)
    document = synthesized(stack)
    assert at(document, "resource aws_iam_role node_a") == {
        "assume_role_policy": "${data.aws_iam_policy_document.node_a_trust.json}",
        "name": "prod-node-a",
        "path": "/",
    }
    assert at(document, "data aws_iam_policy_document node_a_trust statement") == [
        {
            "actions": ["sts:AssumeRole"],
            "condition": [],
            "principals": [{"identifiers": ["ec2.amazonaws.com"], "type": "Service"}],
        }
    ]


def test_a_role_without_rights_has_no_policy() -> None:
    stack = bare_stack()
    role = Role(stack, "role", iam=IAM, name="a", trust=EC2)
    assert role.rights == []
    assert at(synthesized(stack), "resource aws_iam_role_policy") == GONE


def test_a_trust_policy_has_all_conditions() -> None:
    stack = bare_stack()
    conditions = (("StringEquals", "aws:SourceAccount", ("1",)), ("ArnLike", "aws:SourceArn", ("arn:a", "arn:b")))
    Role(stack, "role", iam=IAM, name="a", trust=Trust("Service", ("x.amazonaws.com",), conditions=conditions))
    assert at(synthesized(stack), "data aws_iam_policy_document a_trust statement 0 condition") == [
        {"test": "StringEquals", "values": ["1"], "variable": "aws:SourceAccount"},
        {"test": "ArnLike", "values": ["arn:a", "arn:b"], "variable": "aws:SourceArn"},
    ]


def test_path_and_boundary_are_on_the_role() -> None:
    stack = bare_stack()
    iam = Iam("prod", path="/kubeflow/", permissions_boundary_arn=BOUNDARY)
    Role(stack, "role", iam=iam, name="a", trust=EC2)
    role = at(synthesized(stack), "resource aws_iam_role a")
    assert (role["path"], role["permissions_boundary"]) == ("/kubeflow/", BOUNDARY)


def test_statements_become_one_inline_policy() -> None:
    stack = bare_stack()
    read = Statement(
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::data/*",),
        conditions={"StringEquals": {"aws:ResourceAccount": ("111122223333",), "aws:ResourceOrgID": ("o-1",)}},
    )
    write = Statement(actions=("s3:PutObject",), resources=("arn:aws:s3:::data/out/*",))
    role = Role(stack, "role", iam=IAM, name="a", trust=EC2, statements=(read, write))
    document = synthesized(stack)
    assert at(document, "resource aws_iam_role_policy") == {
        "a": {
            "name": "rights",
            "policy": "${data.aws_iam_policy_document.a_rights.json}",
            "role": "${aws_iam_role.a.name}",
        }
    }
    assert at(document, "data aws_iam_policy_document a_rights statement") == [
        {
            "actions": ["s3:GetObject"],
            "condition": [
                {"test": "StringEquals", "values": ["111122223333"], "variable": "aws:ResourceAccount"},
                {"test": "StringEquals", "values": ["o-1"], "variable": "aws:ResourceOrgID"},
            ],
            "resources": ["arn:aws:s3:::data/*"],
        },
        {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::data/out/*"]},
    ]
    assert role.rights == [role.inline]


def test_policies_of_one_name_are_all_attached() -> None:
    stack = bare_stack()
    policies = ["arn:aws:iam::aws:policy/job-function/Viewer", "arn:aws:iam::111122223333:policy/team/Viewer"]
    role = Role(stack, "role", iam=IAM, name="a", trust=EC2, policy_arns=policies)
    attached = at(synthesized(stack), "resource aws_iam_role_policy_attachment")
    assert {name: body["policy_arn"] for name, body in attached.items()} == {
        "a_Viewer": policies[0],
        "a_111122223333_Viewer": policies[1],
    }
    assert role.rights == role.attachments


def test_a_policy_made_in_the_same_stack_is_attached_under_its_reference() -> None:
    stack = bare_stack()
    own = addressed("data", IamPolicy(stack, "data-policy", policy="{}"))
    Role(stack, "role", iam=IAM, name="a", trust=EC2, policy_arns=[own.arn])
    assert at(synthesized(stack), "resource aws_iam_role_policy_attachment") == {
        "a_aws_iam_policy_data_arn": {"policy_arn": "${aws_iam_policy.data.arn}", "role": "${aws_iam_role.a.name}"}
    }


def test_trust_and_rights_of_two_roles_never_share_an_address() -> None:
    """`x-trust` is a good name for a service account, and once was the address of the trust of `x`."""
    stack = bare_stack()
    statement = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",))
    for name in ("x", "x-trust", "x-rights"):
        Role(stack, name, iam=IAM, name=name, trust=EC2, statements=(statement,))
    assert len(at(synthesized(stack), "data aws_iam_policy_document")) == 6


def test_variables_of_iam_are_not_read_by_terraform() -> None:
    stack = bare_stack()
    statement = Statement(
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::data/${aws:PrincipalTag/team}/*", "${aws_s3_bucket.data.arn}", "arn:aws:s3:::a${*}"),
        conditions={"StringLike": {"s3:prefix": ("${aws:username}/*",)}},
    )
    Role(stack, "role", iam=IAM, name="a", trust=EC2, statements=(statement,))
    written = at(synthesized(stack), "data aws_iam_policy_document a_rights statement 0")
    assert written["resources"] == [
        "arn:aws:s3:::data/&{aws:PrincipalTag/team}/*",
        "${aws_s3_bucket.data.arn}",
        "arn:aws:s3:::a&{*}",
    ]
    assert written["condition"] == [{"test": "StringLike", "values": ["&{aws:username}/*"], "variable": "s3:prefix"}]


def test_a_name_past_64_characters_is_refused() -> None:
    said = f"prod-{'n' * 60}: 65 characters, but AWS allows 64; use a shorter name for the platform or '{'n' * 60}'"
    with pytest.raises(ValueError, match=exactly(said)):
        Role(bare_stack(), "role", iam=Iam("prod"), name="n" * 60, trust=EC2)


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_managed_policies_are_of_the_partition(partition: str) -> None:
    arn = Iam("prod", partition).managed("service-role/AmazonEFSCSIDriverPolicy")
    assert arn == f"arn:{partition}:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"


def test_a_role_needs_no_platform() -> None:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "anyone")
    role = Role(stack, "role", iam=Iam("mine"), name="a", trust=EC2)
    cdktf.TerraformOutput(stack, "arn", value=role.arn)
    assert at(synthesized(stack), "output arn value") == "${aws_iam_role.a.arn}"


def test_iams_own_variables_are_not_terraforms() -> None:
    stack = bare_stack()
    bucket = addressed("data", S3Bucket(stack, "bucket", bucket="data"))
    own = Statement(
        actions=("s3:GetObject",),
        resources=(f"{bucket.arn}/${{aws:PrincipalTag/kubernetes-namespace}}/*",),
        conditions={"StringLike": {"s3:prefix": ("${aws:userid}/*", "${*}", "a$b")}},
    )
    Role(stack, "role", iam=IAM, name="a", trust=EC2, statements=[own])
    statement = at(synthesized(stack), "data aws_iam_policy_document a_rights statement 0")
    assert statement["resources"] == ["${aws_s3_bucket.data.arn}/&{aws:PrincipalTag/kubernetes-namespace}/*"]
    assert statement["condition"][0]["values"] == ["&{aws:userid}/*", "&{*}", "a$b"]
