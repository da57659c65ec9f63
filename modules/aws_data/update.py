"""Regenerate `instance_types.csv`: `python -m modules.aws_data.update [--from-account REGION ...]`; for developers only.

Without arguments, rows come from moto's `DescribeInstanceTypes` data, so no account is required. With `--from-account`,
they come from the given regions, via boto3 and the current credentials; other rows are kept, since a type missing in one
region can exist in others.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.aws_data.instance_types import CSV_FILE, FIELDS

Row = dict[str, str]

NEURON_NOT_TOLD: Mapping[str, Any] = {
    # The API returns trn2's chips but not those of its UltraServer variant, which has the same 16.
    # https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-hardware/trn2-arch.html
    "trn2u.48xlarge": {"NeuronDevices": [{"Count": 16, "CoreInfo": {"Count": 8}}]},
}


def row(info: Mapping[str, Any]) -> Row | None:
    """One table row from one `InstanceTypeInfo`; None if EKS has no AMI for its processor (mac)."""
    architectures = [a for a in info["ProcessorInfo"]["SupportedArchitectures"] if a in ("x86_64", "arm64")]
    if not architectures:
        return None
    network = info["NetworkInfo"]
    cards = {card["NetworkCardIndex"]: card for card in network["NetworkCards"]}
    gpus = info.get("GpuInfo", {}).get("Gpus", [])
    neuron = info.get("NeuronInfo", NEURON_NOT_TOLD.get(info["InstanceType"], {})).get("NeuronDevices", [])
    values: dict[str, object] = {
        "name": info["InstanceType"],
        "vcpus": info["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": info["MemoryInfo"]["SizeInMiB"],
        # Interfaces of the default card only: the CNI does not use the others for pods (p4d.24xlarge: 15 of 60).
        "max_enis": cards[network.get("DefaultNetworkCardIndex", 0)]["MaximumNetworkInterfaces"],
        "ipv4_per_eni": network["Ipv4AddressesPerInterface"],
        "architecture": architectures[0],
        "hypervisor": "bare-metal" if info["BareMetal"] else info["Hypervisor"],
        "gpus": sum(gpu.get("LogicalGpuCount", gpu["Count"]) for gpu in gpus),
        "gpu_manufacturer": gpus[0]["Manufacturer"].lower() if gpus else "",
        "neuron_devices": sum(device["Count"] for device in neuron),
        "neuron_cores": sum(device["Count"] * device["CoreInfo"]["Count"] for device in neuron),
        "max_efa_interfaces": network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0),
        "ebs_attachments": info["EbsInfo"]["MaximumEbsAttachments"],
        "ebs_limit": info["EbsInfo"]["AttachmentLimitType"],
    }
    line = {field: "" if values[field] == 0 else str(values[field]) for field in FIELDS}
    if any(mark in text for text in line.values() for mark in ',"\n'):
        raise ValueError(
            f"{info['InstanceType']}: the table format has no quoting; AWS returned a value with a comma in {line}"
        )
    return line


def from_moto() -> Iterator[Mapping[str, Any]]:
    """Responses of `DescribeInstanceTypes` from moto."""
    import moto

    resource = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    with gzip.open(resource, "rt", encoding="utf-8") as stream:
        yield from json.load(stream).values()


def from_account(regions: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Responses of AWS, region by region."""
    import boto3  # type: ignore[import-untyped]

    for region in regions:
        pages = boto3.client("ec2", region_name=region).get_paginator("describe_instance_types").paginate()
        for page in pages:
            yield from page["InstanceTypes"]


def natural(name: str) -> list[str | int]:
    """Sort key that orders m5.2xlarge before m5.12xlarge."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def write(rows: Mapping[str, Row], path: Path = CSV_FILE) -> None:
    """Write the table, sorted by name, with Unix line endings for minimal diffs."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows, key=natural))


def main(arguments: list[str] | None = None, path: Path = CSV_FILE) -> None:
    """Read, merge, write, and print what changed."""
    parser = argparse.ArgumentParser(prog="python -m modules.aws_data.update", description=main.__doc__)
    parser.add_argument(
        "--from-account", nargs="+", metavar="REGION", help="query AWS in these regions instead of moto"
    )
    options = parser.parse_args(arguments)
    before: dict[str, Row] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            before = {line["name"]: line for line in csv.DictReader(stream)}
    rows = dict(before) if options.from_account else {}
    for info in from_account(options.from_account) if options.from_account else from_moto():
        if line := row(info):
            rows[line["name"]] = line
    write(rows, path)
    changed = sorted(name for name in before.keys() & rows.keys() if before[name] != rows[name])
    print(f"{path.name}: {len(rows)} types")
    print(f"  new: {', '.join(sorted(rows.keys() - before.keys())) or 'none'}")
    print(f"  removed: {', '.join(sorted(before.keys() - rows.keys())) or 'none'}")
    print(f"  changed: {', '.join(changed) or 'none'}")


if __name__ == "__main__":
    main()
