"""What the pages say about `kubeflow-aws doctor`: the permissions that it uses, and its errors."""

import ast
import json
import re
from collections.abc import Iterator

from modules.doctor.checks import findings
from modules.settings import (
    AuroraMysql,
    Backup,
    Dex,
    ExistingCluster,
    ExistingDatabase,
    ExistingNetwork,
    Kubeflow,
    LoadBalancer,
    NodeGroup,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    Services,
)
from tests.docs.pages import ROOT, blocks, text
from tests.modules.settings.valid import cluster, platform
from tests.signed_in import create_role
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.moto_extension.service_quotas import set_quota

DEPLOY = ROOT / "docs" / "deploy.md"
CERTIFICATE = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def test_the_policy_has_the_actions_that_doctor_calls_and_no_other(aws: Server, admin: str) -> None:
    set_quota("rds", "L-952B80B8", None)  # only the default can be read
    list(findings([everything(), on_existing_cluster(aws, admin), on_existing_network(aws)]))
    list(findings([platform(region="eu-south-2", assume_role_arn=admin)]))
    aws.gate.disabled_regions = {"eu-south-2"}
    list(findings([platform(region="eu-south-2")]))
    called = {one.action for one in aws.gate.asked if one.access_key_id not in SETUP}
    (policy,) = (json.loads(block) for block in blocks(DEPLOY, "json") if "servicequotas" in block)
    (statement,) = policy["Statement"]
    free = {"sts:GetCallerIdentity"}  # needs no permission
    assert sorted(called - free) == statement["Action"]


SETUP = {"testing"}
"""Access keys with which the test itself prepares the account."""


def everything() -> Platform:
    """Calls every operation but those of existing things; one of its types is not in the table."""
    way = LoadBalancer(host="kubeflow.example.company", allowed_cidrs=("10.0.0.0/8",), certificate_arn=CERTIFICATE)
    server = ExistingDatabase(
        host="mysql.example.company",
        username="katib",
        password_secret_arn="arn:aws:secretsmanager:us-west-2:111122223333:secret:katib-a1B2c3",
        security_group_id="sg-0123456789abcdef0",
    )
    programs = ProgramDatabases(katib=ProgramDatabase(server=server))
    services = Services(database=AuroraMysql(), program_databases=programs)
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)), exposure=way, services=services)
    new = NodeGroup(name="new", instance_types=("m99i.large",), architecture="x86_64", max_pods=20)
    return platform(
        kubeflow=kubeflow,
        cluster=cluster(admins=("role/platform-admins", "user/ada"), node_groups=(NodeGroup(name="nodes"), new)),
        backup=Backup(),
    )


def subnets_of(aws: Server) -> list[str]:
    return [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]


def on_existing_network(aws: Server) -> Platform:
    network = ExistingNetwork(vpc_id="vpc-0123456789abcdef0", private_subnet_ids=tuple(subnets_of(aws)))
    return platform(name="guest", network=network)


def on_existing_cluster(aws: Server, admin: str) -> Platform:
    """With an access entry of the caller."""
    eks = aws.client("eks")
    eks.create_cluster(
        name="theirs",
        roleArn=create_role(aws, "cluster"),
        resourcesVpcConfig={"subnetIds": subnets_of(aws)},
        accessConfig={"authenticationMode": "API"},
    )
    eks.create_access_entry(clusterName="theirs", principalArn=admin)
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)))
    return platform(name="existing", network=None, cluster=ExistingCluster(name="theirs"), kubeflow=kubeflow)


def errors() -> Iterator[list[str]]:
    """Texts of all errors of the checks, each as its parts between values."""
    for file in sorted((ROOT / "modules" / "doctor").glob("*.py")):
        for node in ast.walk(ast.parse(text(file))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Finding", "error"):
                given = node.args[1:] if node.func.id == "Finding" else node.args
                kind = ast.unparse(node.args[0])
                if node.func.id == "error" or kind == "'error'":
                    yield [
                        one.value
                        for one in ast.walk(given[0])
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    ]


def test_every_error_is_on_the_page_of_errors() -> None:
    """Of each, four words in a row."""
    page = " ".join(text(ROOT / "docs" / "troubleshooting.md").split())
    said = list(errors())
    assert len(said) >= 15
    missing = []
    for parts in said:
        pieces = [piece.split() for part in parts for piece in re.split(r"[;(,]", part)]
        rows = [" ".join(words[start : start + 4]) for words in pieces for start in range(len(words) - 2)]
        if rows and not any(row in page for row in rows):
            missing.append(parts)
    assert missing == []
