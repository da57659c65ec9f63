"""Administrators of the cluster: they exist, and the caller is one of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.doctor.principal import Principal, of_arn, of_setting
from modules.live.aws import DeniedError, code_of
from modules.settings import Cluster, ExistingCluster
from modules.settings.runner import IN_HCP

ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"


def admins_exist(place: Place) -> Iterator[Finding]:
    """Principals of `admins`, `viewers` and `access` exist in IAM, under exactly this ARN."""
    cluster = place.platform.cluster
    if not isinstance(cluster, Cluster):
        return
    named = {
        **{one: f"cluster.admins: {one}" for one in cluster.admins},
        **{one: f"cluster.viewers: {one}" for one in cluster.viewers},
        **{entry.principal: f"cluster.access {entry.name}: {entry.principal}" for entry in cluster.access},
    }
    found = [_exists(place, setting, where) for setting, where in named.items()]
    yield from (one for one in found if one is not None)
    if found and not any(found):
        yield Finding("ok", f"principals of cluster.admins, viewers and access exist: {len(found)}")


def _exists(place: Place, setting: str, where: str) -> Finding | None:
    wanted = of_setting(setting, place.caller.account)
    if wanted.account != place.caller.account:
        return Finding("not checked", f"{where} is in another account; a plan does not check it either")
    try:
        arn = _arn(place, wanted)
    except DeniedError as error:
        return Finding("not checked", f"{where}: needs {error.action}")
    if arn is None:
        return Finding(
            "error",
            f"{where} does not exist in account {wanted.account}",
            f"create it (aws iam create-{wanted.kind}), or name another one in main.py",
        )
    if setting.startswith("arn:") and arn != setting:
        return Finding("error", f"{where} has the ARN {arn}, and EKS requires the exact one", "replace it in main.py")
    return None


def _arn(place: Place, wanted: Principal) -> str | None:
    """The ARN of a role or user in IAM, with its path; None: it does not exist."""
    try:
        if wanted.kind == "role":
            return str(place.aws.get("iam", "get_role", RoleName=wanted.name)["Role"]["Arn"])
        return str(place.aws.get("iam", "get_user", UserName=wanted.name)["User"]["Arn"])
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise


def caller_is_admin(place: Place) -> Iterator[Finding]:
    """The caller can install in the cluster: the stacks of Kubeflow use its permissions there."""
    platform = place.platform
    if platform.kubeflow is None:
        return
    if platform.runner in IN_HCP:
        yield Finding("ok", f"runs in HCP Terraform ({platform.runner}) do not use the caller's access to the cluster")
    elif isinstance(platform.cluster, ExistingCluster):
        yield from _in_existing(place, platform.cluster.name)
    else:
        yield from _in_settings(place, platform.cluster)


def _in_settings(place: Place, cluster: Cluster) -> Iterator[Finding]:
    by_entry = [
        entry.principal
        for entry in cluster.access
        if (entry.policy == ADMIN_POLICY and not entry.namespaces)
        or any(more.policy == ADMIN_POLICY and not more.namespaces for more in entry.more_policies)
    ]
    admins = [*cluster.admins, *by_entry]
    if any(of_setting(one, place.caller.account).is_same(place.caller) for one in admins):
        yield Finding("ok", f"{place.caller} is an administrator of the cluster")
        return
    kinds = ("role", "user")
    own = str(place.caller) if place.caller.kind in kinds else "role/<name>"
    yield Finding(
        "error",
        f"{place.caller} is not an administrator of the cluster ({', '.join(admins) or 'none'}), so it cannot apply the "
        "stacks addons, kubeflow and teams",
        f'add "{own}" to Cluster.admins in main.py, or use the credentials of an administrator (AWS_PROFILE=…)',
    )


def _in_existing(place: Place, name: str) -> Iterator[Finding]:
    """Look for an access entry; permissions from the ConfigMap aws-auth are not visible in AWS."""
    try:
        cluster = place.aws.get("eks", "describe_cluster", name=name)["cluster"]
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":  # reported by existing_cluster
            return
        raise
    mode = cluster.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP")
    entries = [] if mode == "CONFIG_MAP" else place.aws.get("eks", "list_access_entries", clusterName=name)
    own = next((arn for arn in _arns(entries) if of_arn(arn).is_same(place.caller)), None)
    if own is not None and _is_admin(place, name, own):
        yield Finding("ok", f"{place.caller} is an administrator of the cluster {name}")
    elif mode == "API":
        yield Finding(
            "error",
            f"{place.caller} has no access entry with {ADMIN_POLICY} in the cluster {name}, so it cannot apply the stacks "
            "addons, kubeflow and teams",
            _add_entry(place, name, exists=own is not None),
        )
    else:
        yield Finding("not checked", f"permissions of {place.caller} from the ConfigMap aws-auth of the cluster {name}")


def _add_entry(place: Place, cluster: str, *, exists: bool) -> str:
    """Commands that make the caller an administrator, for an administrator to run."""
    try:
        arn = _arn(place, place.caller) or place.caller.arn
    except DeniedError:
        arn = f"<ARN of {place.caller}>"
    given = f"--region {place.platform.region} --cluster-name {cluster} --principal-arn {arn}"
    policy = f"arn:{place.platform.partition}:eks::aws:cluster-access-policy/{ADMIN_POLICY}"
    commands = [f"aws eks associate-access-policy {given} --policy-arn {policy} --access-scope type=cluster"]
    if not exists:
        commands.insert(0, f"aws eks create-access-entry {given}")
    return f"with an administrator's credentials: {' && '.join(commands)}"


def _arns(entries: Mapping[str, Any] | list[Any]) -> list[str]:
    return list(entries["accessEntries"]) if isinstance(entries, Mapping) else []


def _is_admin(place: Place, cluster: str, arn: str) -> bool:
    found = place.aws.get("eks", "list_associated_access_policies", clusterName=cluster, principalArn=arn)
    return any(
        one["policyArn"].endswith(f"/{ADMIN_POLICY}") and one["accessScope"]["type"] == "cluster"
        for one in found["associatedAccessPolicies"]
    )


def existing_cluster(place: Place) -> Iterator[Finding]:
    """An existing cluster exists: the provider's error names neither region nor account."""
    platform = place.platform
    if not isinstance(platform.cluster, ExistingCluster):
        return
    name = platform.cluster.name
    try:
        status = place.aws.get("eks", "describe_cluster", name=name)["cluster"]["status"]
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        yield Finding(
            "error",
            f"cluster {name} not found in {platform.region} of this account",
            "check cluster.name and region, or use other credentials (AWS_PROFILE=…)",
        )
        return
    yield Finding("ok", f"cluster {name} exists in {platform.region} ({status})")
