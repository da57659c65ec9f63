"""Settings as Python."""

import subprocess
import sys

import modules.settings
from modules.converting.source import source
from modules.settings import Cluster, Network, NodeGroup, Platform, Taint

GROUP = NodeGroup(
    name="a",
    instance_types=("m5.large",),
    labels={"role": 'say "hi"', "path": "it's", "line": "a\nb"},
    taints=(Taint(key="nvidia.com/gpu", effect="NO_EXECUTE"),),
)
LONG = NodeGroup(name="b", instance_types=tuple(f"m{number}i.xlarge" for number in range(20)))
PLATFORM = Platform(
    name="prod",
    region="eu-north-1",
    network=Network(cidr="10.0.0.0/16"),
    cluster=Cluster(admins=("role/a",), node_groups=(GROUP, LONG), zonal_shift=False),
)


def test_the_source_is_what_ruff_writes() -> None:
    text = f"PLATFORM = {source(PLATFORM, before=len('PLATFORM = '))}\n"
    command = [sys.executable, "-m", "ruff", "format", "--line-length=120", "--stdin-filename=main.py", "-"]
    assert subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout == text


def test_the_source_makes_the_same_settings() -> None:
    assert eval(source(PLATFORM), vars(modules.settings).copy()) == PLATFORM
