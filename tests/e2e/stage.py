"""Settings, staged for Terraform: what a user does with `make synth`, into a folder of the test."""

from pathlib import Path

from modules.settings import Cluster, Network, NodeGroup, Platform
from stacks.document import Tree
from stacks.platform import build
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, workspaces

ADMIN = "platform-admins"
CIDRS = ("198.51.100.0/24",)


def stage(into: Path, aws: Server, *platforms: Platform) -> dict[str, Terraform]:
    """The stacks of some platforms by name; called again it exchanges the configuration and keeps the states."""
    return place(into, aws, build(*platforms).tree)


def place(into: Path, aws: Server, tree: Tree) -> dict[str, Terraform]:
    """The stacks of a synthesized tree by name."""
    source = into / "synthesized"
    for path, content in tree.items():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return workspaces(source, into, aws.endpoint)


def admin_role(aws: Server) -> None:
    """The role that settings name as admin: it must be there, as on AWS."""
    aws.client("iam").create_role(RoleName=ADMIN, AssumeRolePolicyDocument="{}")


def small(name: str = "small", **settings: object) -> Platform:
    """A platform with little to wait for: two zones, no NAT, no flow logs, one node group."""
    network = {"zones": 2, "flow_logs": None}
    cluster = {"admins": (f"role/{ADMIN}",), "public_access_cidrs": CIDRS, "node_groups": (NodeGroup(name="nodes"),)}
    return Platform(
        **{
            "name": name,
            "region": "us-west-2",
            "network": Network(**network),
            "cluster": Cluster(**cluster),
            "deletion_protection": False,
            **settings,
        }
    )
