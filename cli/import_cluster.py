"""`kubeflow-aws import CLUSTER --region REGION`: reads existing AWS resources (read-only) and writes an import file."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from modules.importing import eksctl
from modules.importing.cluster import node_security_group, read_cluster
from modules.importing.old_state import owned
from modules.importing.reader import Reader
from modules.importing.vpc import read_vpc
from modules.naming import PLATFORM_NAME_CHARACTERS, proposed_name
from modules.program import run
from stacks.document import json_bytes

FOLDER = Path("adopted")


def read(cluster: str, region: str) -> tuple[Reader, dict[str, Any]]:
    """All resources to import, and the EKS description of the cluster.

    Raises:
        ValueError: the cluster does not exist.
    """
    reader = Reader(*(boto3.client(service, region_name=region) for service in ("ec2", "eks", "iam")))
    found = read_cluster(reader, cluster)
    read_vpc(reader, found["resourcesVpcConfig"]["vpcId"])
    return reader, found


def settings(cluster: dict[str, Any], region: str, file: Path, reader: Reader) -> str:
    """Settings to add to `main.py`; a name that is not valid for a platform gets a proposal.

    Args:
        cluster: EKS description.
        region: of the cluster.
        file: with the resources.
        reader: what was read.
    """
    name = cluster["name"]
    node_group = node_security_group(reader, cluster)
    group = f', node_security_group_id="{node_group}"' if node_group else ""
    oidc = any(one["type"] == "aws_iam_openid_connect_provider" for one in reader.found)
    made = "" if oidc else ', oidc_provider="made"'
    platform = proposed_name(name, PLATFORM_NAME_CHARACTERS)
    return (
        f'{platform.upper().replace("-", "_")} = Platform(\n    name="{platform}",\n    region="{region}",\n'
        f'    cluster=ExistingCluster(name="{name}"{group}{made}),\n    imported=read_import("{file}"),\n)'
    )


def hand_over(reader: Reader, cluster: dict[str, Any], region: str, state: Path | None) -> Iterator[str]:
    """What the previous owner runs after the first apply, so that two do not manage one resource.

    Args:
        reader: what was read.
        cluster: EKS description.
        region: of the cluster.
        state: file of the previous owner's Terraform state; None: not known.

    Raises:
        ValueError: the file is not a Terraform state.
    """
    if state is not None:
        removed, kept = owned(state, reader.found)
        yield f"After the apply, in the folder of the previous Terraform configuration ({len(removed)} addresses):"
        yield from (f"  terraform state rm {shlex.quote(address)}" for address in removed)
        if kept:
            yield f"They stay in its state, since they are not imported ({len(kept)}); do not destroy them there while the cluster needs them:"
            yield from (f"  {address}" for address in kept)
        yield "Remove the same blocks from its configuration before its next plan; it would create them again."
    name = cluster["name"]
    groups = [
        reader.eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
        for group in reader.pages(reader.eks, "list_nodegroups", "nodegroups", clusterName=name)
    ]
    stacks = eksctl.stacks(cluster, groups)
    if stacks:
        yield (
            "After the apply, keep what eksctl's CloudFormation stacks made, and remove the stacks; then do not use eksctl for this cluster. "
            f"Stacks eksctl-{name}-addon-* have roles of service accounts and add-ons: keep them."
        )
        yield from (f"  {command}" for command in eksctl.removal(stacks, name, region))


def main(cluster: str, region: str, state: Path | None = None) -> None:
    """Read resources, write the file, print the settings.

    Args:
        cluster: its name.
        region: of the cluster.
        state: file of the previous owner's Terraform state; None: not known.

    Raises:
        ValueError: the cluster does not exist, AWS rejects a call, or the file is missing or not a Terraform state.
    """
    if state is not None and not state.is_file():  # said before AWS is read, which takes minutes
        raise ValueError(f"{state}: file not found; write it with `terraform state pull`")
    file = FOLDER / f"{cluster}.json"
    try:
        reader, found = read(cluster, region)
        text = settings(found, region, file, reader)
        commands = list(hand_over(reader, found, region, state))
    except (ClientError, BotoCoreError) as error:
        raise ValueError(f"{cluster} in {region}: {error}") from error
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(json_bytes({"resources": sorted(reader.found, key=lambda one: (one["type"], one["name"]))}))
    print(f"{file}: {len(reader.found)} resources. Nothing was changed.\n")
    for sentence in reader.left:
        print(f"left with its owner: {sentence}")
    for sentence in reader.unread:
        print(f"unknown, and in no argument: {sentence}; a change of this resource can reset it")
    print(f"\nIn main.py:\n\n{text}\n")
    print(
        f"Then: {run('synth')}, and terraform plan in the stack …-adopted: resources to import, nothing to add, change or destroy."
    )
    print("\n".join(["", *commands]) if commands else "")
