"""Guard against changes that make Terraform lose or rebuild what holds data, although its address stays.

`protected_resources.json` keeps, for each stack, its region, partition, accounts, the place of its state, and the values that
cannot change without replacing the resource. docs/state.md has the table of what Terraform plans for each change. A list of an earlier version has none of these: they are recorded from the next run on.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from modules.aws_data.regions import REGIONS
from modules.aws_providers import aws_providers
from stacks.document import Document

Fixed = dict[str, Any]
"""`region`, `partition`, `accounts`, `state`, and `values`: address to value by the path of the attribute."""
Error = tuple[str, str]
"""A stack, and what is wrong with it; the same text for several stacks is one error."""

FIXED: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_log_group": ("name",),
    "aws_cognito_user_pool": ("username_attributes", "alias_attributes", "username_configuration"),
    "aws_db_instance": ("engine", "db_name", "username", "kms_key_id"),
    "aws_ecr_repository": ("name", "encryption_configuration"),
    "aws_efs_file_system": ("kms_key_id", "performance_mode", "availability_zone_name"),
    "aws_eks_cluster": ("name", "kubernetes_network_config", "encryption_config"),
    "aws_fsx_lustre_file_system": ("deployment_type", "kms_key_id", "subnet_ids"),
    "aws_prometheus_workspace": ("kms_key_arn",),
    "aws_rds_cluster": ("cluster_identifier", "engine", "database_name", "master_username", "kms_key_id"),
    "aws_route53_zone": ("name",),
    "aws_s3_bucket": ("bucket",),
    "aws_secretsmanager_secret": ("name",),
    "aws_subnet": ("cidr_block", "availability_zone"),
    "aws_vpc": ("cidr_block",),
}
"""Type to the attributes whose change replaces the resource."""
VERSIONS: Mapping[str, str] = {
    "aws_db_instance": "engine_version",
    "aws_eks_cluster": "version",
    "aws_rds_cluster": "engine_version",
}
"""Type to the attribute that AWS only raises."""
GROUND: Mapping[str, str] = {
    "aws_subnet": "nodes in it, and the volumes of its zone, which pods in another zone cannot mount",
    "aws_vpc": "every subnet, and with them the cluster, the database and the file systems",
}
"""Type without data of its own to what is lost with it."""


def fixed_of(document: Document) -> Fixed:
    """What must stay as it is in one stack."""
    providers = aws_providers(document)
    default: Mapping[str, Any] = next((one for one in providers if "alias" not in one), {})
    region = default.get("region")
    region = region if isinstance(region, str) and "${" not in region else ""
    return {
        "region": region or None,
        "partition": REGIONS[region].partition if region in REGIONS else None,
        "accounts": sorted(default.get("allowed_account_ids", ())),
        "state": place_of_state(document),
        "values": {
            f"{kind}.{name}": {path: body.get(path) for path in (*FIXED[kind], *_versions(kind))}
            for kind, resources in sorted(document.get("resource", {}).items())
            if kind in FIXED
            for name, body in sorted(resources.items())
        },
    }


def with_earlier(new: Fixed, earlier: Fixed | None) -> Fixed:
    """What is recorded: accounts that an earlier run named stay, since leaving the setting out moves nothing."""
    return new | {"accounts": new["accounts"] or (earlier or {}).get("accounts", [])}


def changed(previous: Mapping[str, Fixed], new: Mapping[str, Document], forget: Collection[str]) -> list[str]:
    """Errors of all changes that lose or rebuild something; a change of several stacks is one error.

    Args:
        previous: stack to what was recorded, only of stacks that may have been applied.
        new: stack to its parsed `cdk.tf.json` of this run.
        forget: `"<stack>"`, `"<stack>/<address>"` or `"<stack>/state"`: changes that are meant.
    """
    found: list[Error] = []
    for stack, old in sorted(previous.items()):
        if stack not in new or stack in forget:
            continue
        if elsewhere := _moved_away(stack, old, fixed_of(new[stack]), forget):
            found += elsewhere
            continue
        found += _rebuilt(stack, old, new[stack], forget)
        if any(_has_cluster(one) for other, one in previous.items() if _platform(other) == _platform(stack)):
            found += _zones_added(stack, old, fixed_of(new[stack]), forget)
    by_text = sorted(found, key=lambda error: error[1])
    return [
        text.format(stacks=", ".join(stacks), forget=_tuple(stacks), states=_tuple(f"{one}/state" for one in stacks))
        for text, group in groupby(by_text, key=lambda error: error[1])
        for stacks in [[stack for stack, _ in group]]
    ]


def used(previous: Mapping[str, Fixed], new: Mapping[str, Document], forget: Collection[str]) -> list[str]:
    """The entries of `forget` without which a change would be refused."""
    return [one for one in forget if changed(previous, new, [entry for entry in forget if entry != one])]


def _moved_away(stack: str, old: Fixed, new: Fixed, forget: Collection[str]) -> list[Error]:
    """Another region, partition or account, where Terraform finds none of its resources; another place of the state."""
    elsewhere = _elsewhere(old, new)
    if elsewhere:
        return [
            (
                stack,
                f"{{stacks}}: {elsewhere}. Terraform would find nothing of the platform there, drop it from its state, and create "
                "everything again; what exists would stay in AWS unmanaged. Restore the setting, or choose another "
                "Platform.name for a second platform, or run `make destroy` with the old setting first; then, or if "
                "nothing was applied, set forget={forget} in main.py",
            )
        ]
    if old.get("state") and new["state"] and old["state"] != new["state"] and f"{stack}/state" not in forget:
        before, after = _places(old["state"], new["state"])
        return [
            (
                stack,
                f"{{stacks}}: the state moves from {_plain(before)} to {_plain(after)}. A machine without the old one, such as CI, would "
                "start with an empty state and create everything again; restore the setting, or move the states: "
                f"kubeflow-aws move-state {_platform(stack)}; or, if they are there already, set forget={{states}} in main.py",
            )
        ]
    return []


def _elsewhere(old: Fixed, new: Fixed) -> str:
    for what in ("partition", "region"):
        if old.get(what) and new[what] and old[what] != new[what]:
            return f"the {what} changes from {old[what]} to {new[what]}"
    if old.get("accounts") and new["accounts"] and not {*old["accounts"]} & {*new["accounts"]}:
        accounts = " to ".join(", ".join(one["accounts"]) for one in (old, new))
        return f"allowed_account_ids changes from {accounts}"
    return ""


def _rebuilt(stack: str, old: Fixed, document: Document, forget: Collection[str]) -> Iterator[Error]:
    present = {
        f"{kind}.{name}": body for kind, resources in document.get("resource", {}).items() for name, body in resources.items()
    }  # fmt: skip
    leaving = {block.get("from") for key in ("moved", "removed") for block in _blocks(document.get(key))}
    for address, values in old.get("values", {}).items():
        kind = address.partition(".")[0]
        if f"{stack}/{address}" in forget or address in leaving:
            continue
        if address in present:
            yield from ((stack, text) for text in _differences(stack, address, values, present[address]))
        elif kind in GROUND:  # what holds data is on the list of addresses
            yield (
                stack,
                f"{_plain(f'{stack}/{address}')}: no longer generated, so the next apply would delete it, with it {GROUND[kind]}; {_way_out(stack, address)}",
            )


def _zones_added(stack: str, old: Fixed, new: Fixed, forget: Collection[str]) -> Iterator[Error]:
    """Subnets in zones that the control plane was not created with.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """
    before = _zones(old)
    for zone, addresses in sorted(_zones(new).items()):
        meant = {f"{stack}/{address}" for address in addresses} & {*forget}
        if before and zone not in before and not meant:
            forgotten = f'forget=("{stack}/{min(addresses)}",)'
            yield (
                stack,
                f"{_plain(f'{stack}: subnets in {zone} are added')}, while EKS accepts subnets for a control plane only in the zones of its "
                "creation, so the next apply of the cluster would fail; restore Network.zones, or choose another "
                "Platform.name for a second platform, or, if the cluster was never applied, set "
                f"{_plain(forgotten)} in main.py",
            )


def _zones(fixed: Fixed) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, values in fixed.get("values", {}).items():
        if address.startswith("aws_subnet."):
            found.setdefault(str(values.get("availability_zone")), []).append(address)
    return found


def _has_cluster(fixed: Fixed) -> bool:
    return any(address.startswith("aws_eks_cluster.") for address in fixed.get("values", {}))


def _platform(stack: str) -> str:
    return stack.rpartition("-")[0]


def _differences(stack: str, address: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    kind = address.partition(".")[0]
    where = f"{stack}/{address}"
    for path, before in old.items():
        after = new.get(path)
        if path == VERSIONS.get(kind):
            if _lower(before, after):
                yield f"{_plain(f'{where}: {path} goes back from {before} to {after}')}, which AWS refuses; restore it"
        elif before != after:
            lost = GROUND.get(kind, "what is in it")
            yield (
                f"{_plain(f'{where}: {path} changes from {before} to {after}')}, which cannot change in place: the next apply would "
                f"replace the resource and lose {lost}, or fail; {_way_out(stack, address)}"
            )


def _way_out(stack: str, address: str) -> str:
    return _plain(
        f'restore the setting, or choose another Platform.name for a second platform, or set forget=("{stack}/{address}",) in main.py'
    )


def _lower(before: Any, after: Any) -> bool:
    old, new = ([int(one) for one in re.findall(r"\d+", str(version))] for version in (before, after))
    shared = min(len(old), len(new))  # 8.4 is a track that holds 8.4.7
    return bool(shared) and new[:shared] < old[:shared]


def place_of_state(document: Document) -> str | None:
    """Where a stack's state is; None where a pipeline decides."""
    terraform = document.get("terraform", {})
    backend = terraform.get("backend") or {}
    if path := backend.get("local", {}).get("path"):
        return str(path).replace("../", "")
    if bucket := backend.get("s3", {}).get("bucket"):
        return f"s3://{bucket}/{backend['s3'].get('key')}"
    if cloud := terraform.get("cloud"):
        return f"{cloud.get('hostname', 'app.terraform.io')}/{cloud.get('organization')}/{cloud.get('workspaces', {}).get('name')}"
    return None


def _places(old: str, new: str) -> tuple[str, str]:
    """Folder, prefix or organization of two states, which stacks share; the whole addresses where these are the same."""
    folders = (old.rpartition("/")[0], new.rpartition("/")[0])
    return folders if folders[0] != folders[1] else (old, new)


def _versions(kind: str) -> tuple[str, ...]:
    return (VERSIONS[kind],) if kind in VERSIONS else ()


def _blocks(value: Any) -> list[Any]:
    """In Terraform's JSON syntax one block is an object, several are a list."""
    return [] if value is None else [value] if isinstance(value, dict) else list(value)


def _tuple(entries: Iterable[str]) -> str:
    return "(" + " ".join(f'"{one}",' for one in entries) + ")"


def _plain(text: str) -> str:
    """A text for `format`: values hold braces."""
    return text.replace("{", "{{").replace("}", "}}")
