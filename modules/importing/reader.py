"""Shared parts of both readers: account, Terraform addresses, tags."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.importing.fields import Fields, arguments, tags, unread
from modules.naming import slug


@dataclass
class Reader:
    """Clients of one account and region, and the resources found so far.

    Args:
        ec2: boto3 client.
        eks: boto3 client.
        iam: boto3 client.
    """

    ec2: Any
    eks: Any
    iam: Any
    found: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Resources found but not imported, one sentence each."""
    unread: list[str] = field(default_factory=list)
    """Fields of imported resources that no argument takes, one sentence each."""

    def read(self, type_: str, called: str, id_: str, fields: Fields, answer: Mapping[str, Any], **more: Any) -> None:
        """Record a resource from an answer of AWS, and what of it no argument takes.

        Args:
            type_: Terraform type.
            called: its name, from which the Terraform name is made.
            id_: import id.
            fields: of the answer.
            answer: from AWS.
            more: arguments that the table does not have, or other values.
        """
        self.add(type_, called, id_, **{**arguments(fields, answer), **more})
        self.report_unread(f"{type_} {called}", fields, answer)

    def report_unread(self, where: str, fields: Fields, answer: Mapping[str, Any]) -> None:
        """Record what of an answer no argument takes.

        Args:
            where: beginning of each sentence.
            fields: of the answer.
            answer: from AWS.
        """
        self.unread += [f"{where}: {one}" for one in unread(fields, answer)]

    def add(self, type_: str, called: str, id_: str, /, **arguments: Any) -> None:
        """Record a resource; None and empty arguments are unset in AWS and omitted."""
        wanted = slug(called).lower() or "this"
        wanted = f"_{wanted}" if wanted[0].isdigit() else wanted
        taken = {one["name"] for one in self.found if one["type"] == type_}
        free = next(
            name
            for name in itertools.chain([wanted], (f"{wanted}_{n}" for n in itertools.count(2)))
            if name not in taken
        )
        given = {key: value for key, value in arguments.items() if value not in (None, "", [], {})}
        self.found.append({"type": type_, "name": free, "id": id_, "arguments": given})

    def pages(self, client: Any, call: str, key: str, **arguments: Any) -> list[Any]:
        """All items of a paginated call."""
        if not client.can_paginate(call):
            items: list[Any] = getattr(client, call)(**arguments)[key]
            return items
        pages = client.get_paginator(call).paginate(**arguments)
        return [item for page in pages for item in page.get(key, ())]


def name_of(listed: Iterable[Mapping[str, str]] | None, otherwise: str) -> str:
    """The tag Name, or a fallback."""
    return tags(listed).get("Name") or otherwise


def by_vpc(vpc_id: str) -> list[dict[str, Any]]:
    """The filter of most calls."""
    return [{"Name": "vpc-id", "Values": [vpc_id]}]
