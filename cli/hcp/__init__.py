"""`kubeflow-aws hcp-setup`: project, workspaces and what belongs to them in HCP Terraform, over its API."""

import os
from collections.abc import Callable, Sequence

from cli.hcp.client import Client, discover, token_of
from cli.hcp.setup import Setup
from cli.hcp.wanted import Wanted, wanted_of
from cli.main_file import valid_platforms
from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.platform import build


def main(
    platform: str | None,
    *,
    agent_pool: str | None,
    run_triggers: bool,
    yes: bool,
    address_of: Callable[[str], str] = discover,
) -> None:
    """Print what is missing or different for each platform with State.hcp, and with `yes` write it.

    Args:
        platform: name of one platform; None: all of main.py.
        agent_pool: name of the agent pool of workspaces with `hcp_agent`; None: the name of the platform.
        run_triggers: whether an apply queues a run of the next stack.
        yes: whether to write.
        address_of: host name to the address of its API.

    Raises:
        ValueError: main.py has errors or no such platform, no token, or HCP Terraform refused a request.
    """
    for one in in_hcp(valid_platforms(platform)):
        wanted = wanted_of(one, build(one).documents, agent_pool=agent_pool or one.name, run_triggers=run_triggers)
        client = Client(address_of(wanted.hostname), token_of(wanted.hostname, os.environ), wanted.hostname)
        done = Setup(client, wanted, write=yes).run()
        print("\n".join(summary(one.name, wanted, done, written=yes)))


def in_hcp(platforms: Sequence[Platform]) -> list[Platform]:
    """Platforms with State.hcp.

    Raises:
        ValueError: there is none.
    """
    found = [one for one in platforms if isinstance(one.state, HcpState)]
    if not found:
        raise ValueError(
            f"{', '.join(one.name for one in platforms)}: the state is not in HCP Terraform; set state=State.hcp(…)"
        )
    return found


def summary(name: str, wanted: Wanted, setup: Setup, *, written: bool) -> list[str]:
    """Lines for the user."""
    where = f"{name}: {len(wanted.workspaces)} workspaces in {wanted.hostname}/{wanted.organization}"
    if not setup.changes:
        return [f"{where}: nothing to change", *setup.notes]
    heading = f"{where}: {len(setup.changes)} changes" + ("" if written else ", not written; add --yes to write them")
    return [heading, *(f"  {line}" for line in setup.changes), *setup.notes]
