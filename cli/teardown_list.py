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
from modules.live.aws import Aws, DeniedError, session_of
from modules.live.leftovers import search as searching
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import PLATFORM_TAG, Identity
from modules.live.leftovers.removal import remove
from modules.live.leftovers.search import Found
from modules.live.target import Target, target_of
from modules.settings import ExistingEfs


@dataclass
class Account:
    """The account of one platform.

    Args:
        run: prints.
        stacks: of the platform.
        target: region and role of Terraform's provider.
        identity: how its resources are recognized, without those that change during a teardown.
        owns_network: whether the platform creates a VPC.
    """

    run: StackRun
    stacks: Sequence[Stack]
    target: Target
    identity: Identity
    owns_network: bool

    @classmethod
    def of(cls, run: StackRun, facts: Facts, stacks: Sequence[Stack], handles: frozenset[str]) -> "Account":
        """The account of a platform.

        Args:
            run: prints.
            facts: the platform.
            stacks: its stacks.
            handles: volumes and access points that PersistentVolumes name.
        """
        target = target_of(facts.platform.name, facts.cluster_name, facts.stacks)
        return cls(run, stacks, target, replace(identity_of(facts), handles=handles), facts.own_network)

    def _session(self) -> Any:
        """A session that is signed in now: one of a role ends after an hour, and a teardown can take longer.

        Raises:
            ValueError: AWS rejects the credentials.
        """
        try:
            return session_of(self.target.region, self.target.role_arn, self.target.external_id)
        except (ClientError, BotoCoreError) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> ValueError:
        return ValueError(
            f"{self.target.platform}: AWS in {self.target.region}: {error}; sign in, or check the network"
        )

    def search(self) -> Found:
        """What is left now, without what Terraform still has in its states.

        Raises:
            ValueError: AWS does not answer, or a state cannot be read.
        """
        aws = Aws(self._session(), self.target.region)
        recorded = frozenset(id_ for stack in self.stacks for id_ in self.run.state(stack).ids)
        try:
            vpcs = _vpcs(aws, self.identity.platform) if self.owns_network else frozenset()
        except DeniedError as error:
            raise ValueError(f"{self.identity.platform}: the search in AWS needs {error.action}") from error
        except (ClientError, BotoCoreError) as error:
            raise self._unreachable(error) from error
        return searching.search(aws, replace(self.identity, vpc_ids=vpcs, recorded=recorded))

    def remove(self, named: Iterable[Leftover]) -> None:
        """Delete leftovers, one after another.

        Raises:
            ValueError: AWS refuses one.
        """
        session = self._session()
        client = cache(lambda service: session.client(service, region_name=self.target.region))
        for one in named:
            remove(client, one)
            self.run.say(f"deleted {one.type} {one.id}")


def identity_of(facts: Facts) -> Identity:
    """How the resources of a platform are recognized."""
    efs = facts.kubeflow.services.efs
    return Identity(
        platform=facts.platform.name,
        cluster=facts.cluster_name,
        owns_cluster=facts.own_cluster,
        namespaces=namespaces_of(facts),
        log_groups=tuple(remade_log_groups(facts)),
        zone_ids=facts.kubeflow.dns_zone_ids,
        pull_prefixes=tuple(
            f"{one.body['ecr_repository_prefix']}/" for one in facts.of("aws_ecr_pull_through_cache_rule")
        ),
        file_systems=(efs.file_system_id,) if isinstance(efs, ExistingEfs) else (),
    )


def _vpcs(aws: Aws, platform: str) -> frozenset[str]:
    """VPCs that exist now: what was in one that is deleted is deleted, too."""
    filters = [{"Name": f"tag:{PLATFORM_TAG}", "Values": [platform]}]
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
