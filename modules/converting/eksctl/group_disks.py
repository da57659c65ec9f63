"""Fields of the disks of a node group.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""

from modules.converting.eksctl.group_path import GROUP
from modules.converting.field import Entry, Outcome, Table, decided, no_home, same


def _volume_type(entry: Entry) -> Outcome:
    name = str(entry.value)
    if name == "gp3":
        return Outcome("maps", "", {f"{GROUP}.disk.volume_type": name})
    if name in ("io1", "io2"):
        iops = entry.of_item("volumeIOPS")
        settings = {f"{GROUP}.disk.volume_type": "io2", **({} if iops else {f"{GROUP}.disk.iops": 3000})}
        return Outcome("maps" if name == "io2" else "changed", "" if name == "io2" else "io2, its successor", settings)
    return Outcome("changed", f"gp3 in place of {name}", {f"{GROUP}.disk.volume_type": "gp3"})


def _iops(entry: Entry) -> Outcome:
    value, setting = entry.value, f"{GROUP}.disk.iops"
    if isinstance(value, int) and value < 3000:
        return Outcome("changed", "3000 is the smallest number here", {setting: 3000})
    return Outcome("maps", "", {setting: value})


def _volume_key(entry: Entry) -> Outcome:
    name = str(entry.value)
    if not name.startswith("arn:"):
        region = entry.document.get("metadata", "region") or "<region>"
        raise ValueError(
            f"the platform needs the ARN of the key; set disk=Disk(kms_key_arn=…) to arn:aws:kms:{region}:<account>:key/{name}"
        )
    return Outcome("maps", "", {f"{GROUP}.disk.kms_key_arn": name})


def _encrypted(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "disks are always encrypted")
    return Outcome("changed", "disks are always encrypted")


def fields(of: str) -> Table:
    """Fields of both kinds of groups."""
    return {
        f"{of}.volumeSize": same(f"{GROUP}.disk.size_gib"),
        f"{of}.volumeType": decided(f"{GROUP}.disk.volume_type", _volume_type),
        f"{of}.volumeIOPS": decided(f"{GROUP}.disk.iops", _iops),
        f"{of}.volumeThroughput": same(f"{GROUP}.disk.throughput_mibps"),
        f"{of}.volumeKmsKeyID": decided(f"{GROUP}.disk.kms_key_arn", _volume_key),
        f"{of}.volumeEncrypted": decided("", _encrypted),
        f"{of}.volumeName": no_home("the AMI determines the device"),
        f"{of}.additionalVolumes[].*": no_home("nodes have one disk; give data a PersistentVolumeClaim", matters=True),
    }
