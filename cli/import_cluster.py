"""`kubeflow-aws import CLUSTER --region REGION`: reads existing AWS resources (read-only) and writes an import file."""

from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from modules.importing.cluster import read_cluster
from modules.importing.reader import Reader
from modules.importing.vpc import read_vpc
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


def settings(cluster: str, region: str, file: Path, reader: Reader) -> str:
    """Settings to add to `main.py`."""
    of_nodes = [
        one["arguments"]["vpc_security_group_ids"][0]
        for one in reader.found
        if one["type"] == "aws_launch_template" and one["arguments"].get("vpc_security_group_ids")
    ]
    group = f', node_security_group_id="{of_nodes[0]}"' if of_nodes else ""
    oidc = any(one["type"] == "aws_iam_openid_connect_provider" for one in reader.found)
    made = "" if oidc else ', oidc_provider="made"'
    return (
        f'{cluster.upper().replace("-", "_")} = Platform(\n    name="{cluster}",\n    region="{region}",\n'
        f'    cluster=ExistingCluster(name="{cluster}"{group}{made}),\n    imported=read_import("{file}"),\n)'
    )


def main(cluster: str, region: str) -> None:
    """Read resources, write the file, print the settings.

    Raises:
        ValueError: the cluster does not exist, or AWS rejects a call.
    """
    try:
        reader, _ = read(cluster, region)
    except (ClientError, BotoCoreError) as error:
        raise ValueError(f"{cluster} in {region}: {error}") from error
    file = FOLDER / f"{cluster}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(json_bytes({"resources": sorted(reader.found, key=lambda one: (one["type"], one["name"]))}))
    print(f"{file}: {len(reader.found)} resources. Nothing was changed.\n")
    for sentence in reader.left:
        print(f"not imported: {sentence}")
    print(f"\nIn main.py:\n\n{settings(cluster, region, file, reader)}\n")
    print(
        f"Then: {run('synth')}, and terraform plan in the stack …-adopted: resources to import, nothing to add, change or destroy."
    )
