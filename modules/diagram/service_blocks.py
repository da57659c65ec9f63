"""AWS services outside of the VPC: entrance, sign-in, data, secrets, operation."""

from collections.abc import Iterator

from modules.diagram.blocks import Block, Card
from modules.diagram.found import Found, Resource, addresses, counted, some

COGNITO = "https://cognito-idp."
"""Start of the issuer of each user pool."""


def services(found: Found) -> Iterator[Block]:
    """All of them, in the order of a request: entrance, sign-in, data, secrets, operation."""
    yield from entrance(found)
    yield from sign_in(found)
    yield from data(found)
    yield from secrets(found)
    yield from operation(found)


def entrance(found: Found) -> Iterator[Block]:
    """DNS, certificate and firewall in front of the load balancer."""
    zones = found.of("aws_route53_zone") + found.read("aws_route53_zone")
    records = found.of("aws_route53_record")
    if zones or records:
        names = some({one.text("name") for one in records if one.text("type") == "A"}, 3)
        title = "Route 53" if found.of("aws_route53_zone") else "Existing Route 53 zone"
        yield Card(title, (names,) if names else (), "entrance", "globe", addresses(zones, records))
    for one in found.of("aws_acm_certificate"):
        hosts = [one.text("domain_name"), *one.body.get("subject_alternative_names", ())]
        yield Card("Certificate", (some(hosts, 3),), "entrance", "key", (one.address,))
    for one in found.of("aws_wafv2_web_acl"):
        rules = counted(len(one.body.get("rule", ())), "rule")
        yield Card("AWS WAF", (rules,), "entrance", "shield", (one.address,))


def sign_in(found: Found) -> Iterator[Block]:
    """The user pool."""
    users = found.of("aws_cognito_user")
    for one in found.of("aws_cognito_user_pool"):
        yield Card("Cognito", (counted(len(users), "user"),), "entrance", "user", addresses([one], users))
    if issuer(found).startswith(COGNITO):
        yield Card("Existing Cognito pool", (issuer(found).rpartition("/")[2],), "entrance", "user")


def issuer(found: Found) -> str:
    """Address of the OIDC issuer; empty if it is known only after an apply."""
    address = found.local("oauth2_proxy_values").get("tokens", {}).get("oidc_issuer", "")
    return address if address.startswith("https://") and "${" not in address else ""


def data(found: Found) -> Iterator[Block]:
    """Buckets, image repositories and metrics."""
    for one in found.of("aws_s3_bucket") + found.read("aws_s3_bucket"):
        title = "Existing S3 bucket" if one.data else "S3 bucket"
        yield Card(title, (one.name.replace("_", " "),), "data", "bucket", (one.address,))
    for one in found.of("aws_backup_vault"):
        yield Card("AWS Backup", ("vault and plan",), "data", "bucket", (one.address,))
    repositories = found.of("aws_ecr_repository")
    caches = found.of("aws_ecr_pull_through_cache_rule")
    if repositories or caches:
        lines = []
        if repositories:
            lines.append(some({one.text("name").partition("/")[2] or one.text("name") for one in repositories}, 3))
        if caches:
            lines.append("cache of " + some({one.name.replace("_", ".") for one in caches}, 3))
        yield Card("ECR", tuple(lines), "data", "files", addresses(repositories, caches))
    for one in found.of("aws_prometheus_workspace") + found.read("aws_prometheus_workspace"):
        title = "Existing Managed Prometheus" if one.data else "Managed Prometheus"
        yield Card(title, ("metrics",), "data", "logs", (one.address,))


def secrets(found: Found) -> Iterator[Block]:
    """Secrets, keys and roles."""
    if made := found.of("aws_secretsmanager_secret"):
        yield Card("Secrets Manager", (counted(len(made), "secret"),), "closed", "key", addresses(made))
    if keys := found.of("aws_kms_key"):
        yield Card("KMS", (counted(len(keys), "key"),), "closed", "key", addresses(keys))
    roles = found.of("aws_iam_role")
    others = found.of("aws_iam_openid_connect_provider", "aws_eks_pod_identity_association")
    if roles or others:
        yield Card("IAM", _iam_lines(roles, others), "closed", "shield", addresses(roles, others))


def operation(found: Found) -> Iterator[Block]:
    """Logs."""
    if groups := found.of("aws_cloudwatch_log_group"):
        names = some({one.name.replace("_", " ") for one in groups}, 6)
        yield Card("CloudWatch", (names,), "plain", "logs", addresses(groups))


def _iam_lines(roles: list[Resource], others: list[Resource]) -> tuple[str, ...]:
    lines = [counted(len(roles), "role")] if roles else []
    if any(one.kind == "aws_iam_openid_connect_provider" for one in others):
        lines.append("OIDC provider")
    if pods := [one for one in others if one.kind == "aws_eks_pod_identity_association"]:
        lines.append(counted(len(pods), "pod identity association"))
    return (", ".join(lines),)
