"""The part of `teardown` in AWS: lists what is left, and deletes what is named."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.stack_list import Stack
from cli.stack_run import StackRun
from cli.teardown_cluster import namespaces_of
from modules.checks.teardown.facts import Facts
from modules.checks.teardown.outside import remade_log_groups
from modules.live.aws import Aws, session_of
from modules.live.leftovers import search as searching
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import PLATFORM_TAG, Identity
from modules.live.leftovers.removal import remove
from modules.live.leftovers.search import Found
from modules.live.target import target_of
from modules.settings import ExistingEfs


@dataclass
class Account:
    """The account of one platform.

    Args:
        run: prints.
        stacks: of the platform.
        session: with the credentials of Terraform's provider.
        region: of the platform.
        identity: how its resources are recognized.
    """

    run: StackRun
    stacks: Sequence[Stack]
    session: Any
    region: str
    identity: Identity

    @classmethod
    def of(cls, run: StackRun, facts: Facts, stacks: Sequence[Stack], handles: frozenset[str]) -> "Account":
        """Sign in, and find the VPC before it is destroyed.

        Args:
            run: prints.
            facts: the platform.
            stacks: its stacks.
            handles: volumes and access points that PersistentVolumes name.

        Raises:
            ValueError: AWS rejects the credentials.
        """
        target = target_of(facts.platform.name, facts.cluster_name, facts.stacks)
        try:
            session = session_of(target.region, target.role_arn, target.external_id)
            vpcs = _vpcs(Aws(session, target.region), facts) if facts.own_network else frozenset()
        except (ClientError, BotoCoreError) as error:
            raise ValueError(
                f"{target.platform}: AWS in {target.region}: {error}; sign in, or check the network"
            ) from error
        return cls(run, stacks, session, target.region, replace(identity_of(facts, vpcs), handles=handles))

    def search(self) -> Found:
        """What is left now, without what Terraform still has in its states."""
        recorded = {id_ for stack in self.stacks for id_ in self.run.state(stack).ids}
        return searching.search(Aws(self.session, self.region), replace(self.identity, recorded=frozenset(recorded)))

    def remove(self, named: Iterable[Leftover]) -> None:
        """Delete leftovers, one after another.

        Raises:
            ValueError: AWS refuses one.
        """
        client = cache(lambda service: self.session.client(service, region_name=self.region))
        for one in named:
            remove(client, one)
            self.run.say(f"deleted {one.type} {one.id}")


def identity_of(facts: Facts, vpc_ids: frozenset[str]) -> Identity:
    """How the resources of a platform are recognized."""
    efs = facts.kubeflow.services.efs
    return Identity(
        platform=facts.platform.name,
        cluster=facts.cluster_name,
        owns_cluster=facts.own_cluster,
        vpc_ids=vpc_ids,
        namespaces=namespaces_of(facts),
        log_groups=tuple(remade_log_groups(facts)),
        zone_ids=facts.kubeflow.dns_zone_ids,
        pull_prefixes=tuple(
            f"{one.body['ecr_repository_prefix']}/" for one in facts.of("aws_ecr_pull_through_cache_rule")
        ),
        file_systems=(efs.file_system_id,) if isinstance(efs, ExistingEfs) else (),
    )


def _vpcs(aws: Aws, facts: Facts) -> frozenset[str]:
    filters = [{"Name": f"tag:{PLATFORM_TAG}", "Values": [facts.platform.name]}]
    return frozenset(str(one["VpcId"]) for one in aws.get("ec2", "describe_vpcs", Filters=filters)["Vpcs"])


def report(run: StackRun, found: Found, platform: str) -> bool:
    """Print what is left; whether nothing is.

    Args:
        run: prints.
        found: the result of a search.
        platform: its name.
    """
    for title, listed in (("stays by configuration", found.stays), ("is left in AWS", found.left)):
        if listed:
            run.say(f"\n{platform}: {title}:", "yellow" if listed is found.left else "")
        for one in listed:
            run.say(f"  {one}")
    for line in found.not_checked:
        run.say(f"  not checked: {line}", "yellow")
    if found.is_clean:
        run.say(f"\n{platform}: nothing is left", "green")
        return True
    removable = [one.id for one in found.left if one.removable]
    if removable:
        options = [word for id_ in removable for word in ("--delete", id_)]
        run.say(
            f"What it is: docs/check.md#teardown. To delete: {shlex.join(['kubeflow-aws', 'teardown', platform, *options])}"
        )
    return False
