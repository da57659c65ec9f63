"""What a component of the catalogue does in addition to installing its objects: one value per component, read by generic code.

It is `BEHAVIOUR` in `components/<component>/behaviour.py`. `patches.py` in the same folder changes upstream's objects when they are
vendored; synthesis never imports that one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.iam.policy_context import PolicyContext
from modules.kubeflow.credential import Credential
from modules.settings.kubeflow import Kubeflow
from modules.settings.service_account_role import Statement

Policy = Callable[[PolicyContext], tuple[Statement, ...]]
"""Statements of a service account's role, limited to the names in the context."""
Keys = Mapping[str, Mapping[str, str]]
"""Secret to its keys: expressions with placeholders, as in `secrets/credentials.py`."""
MenuItem = Mapping[str, Any]
"""A link of the dashboard, as its ConfigMap has it."""


@dataclass(frozen=True)
class DatabaseUser:
    """One program with tables."""

    program: str
    """Prefix of the user name; at most 28 characters, so that `<program>_<version>` fits MySQL's 32."""
    component: str
    """Catalogue entry that runs it."""
    database: str
    """Usual name of its database, the only one it can use; settings can give another (`program_databases.py`)."""
    credential: str
    """Generated password (`credentials.py`)."""

    def name(self, version: int) -> str:
        """The user's name.

        Args:
            version: credential version.
        """
        return f"{self.program}_{version}"


@dataclass(frozen=True)
class SuppliedSecret:
    """A Secret that must exist before the chart that reads it."""

    name: str
    keys: tuple[str, ...]
    reader: str
    """Service account of its pods if they read it via CSI."""


@dataclass(frozen=True)
class DatabaseAccess:
    """How a program reaches its database; each is an expression of Terraform, as in `secrets/credentials.py`."""

    username: str
    password: str
    host: str
    port: str
    database: str


DatabaseAccount = Callable[[DatabaseUser], DatabaseAccess]


def menu_item(text: str, link: str, icon: str) -> MenuItem:
    """A link of the dashboard's menu."""
    return {"icon": icon, "link": link, "text": text, "type": "item"}


@dataclass(frozen=True)
class Menu:
    """A component's links on the dashboard."""

    position: int
    """Place among the links of all components."""
    item: MenuItem
    quick_links: tuple[MenuItem, ...] = ()
    """Shortcuts on the first page."""


@dataclass(frozen=True)
class Behaviour:
    """Run-time behaviour of one component. Everything is optional."""

    component: str
    """Name of the catalogue entry."""
    external_services: tuple[str, ...] = ()
    """What can be outside of the cluster (`s3`, `rds`, `ecr`), in the order of the names of variants: `s3-rds`."""
    without_services: str = "in-cluster"
    """Name of the variant that uses none of them."""
    variant: Callable[[frozenset[str]], str] | None = None
    """Variant by the names of all selected components. None: `default`."""
    credentials: tuple[Credential, ...] = ()
    """Generated passwords, whatever settings say."""
    keys: Keys = field(default_factory=dict)
    """Content of its Secrets, where settings do not decide about it."""
    supplied_secrets: tuple[SuppliedSecret, ...] = ()
    """Secrets that must exist before an official chart: charts get no password in values."""
    database_users: tuple[DatabaseUser, ...] = ()
    """Programs with tables."""
    database_keys: Callable[[DatabaseAccount], Keys] | None = None
    """Content of the Secrets of its programs when the MySQL server is outside of the cluster."""
    database_variants: bool = False
    """Whether its charts have variants for other names and servers (`program_databases.py`). Without them its Secret says all."""
    in_cluster_stores: Callable[[Kubeflow], Iterator[str]] | None = None
    """Stores that keep the password they were created with, so that it cannot be rotated, as settings decide."""
    policies: Mapping[str, Policy] = field(default_factory=dict)
    """Name, as in `AwsAccess.policy`, to the rights of a service account."""
    menu: Menu | None = None
    auth_tokens: bool = False
    """Whether its chart has tokens of the authentication (`auth/strategy.py`)."""
    service_outputs: tuple[str, ...] = ()
    """String outputs of the services stack that its chart has as tokens of the same name."""
    artifact_bucket: bool = False
    """Whether its rights are limited to the bucket of artifacts."""
    requires_internet: tuple[str, str] | None = None
    """Why it cannot work without internet access, and what to use instead. None: it can.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
    """
    calls_teams: bool = False
    """Whether its pods call pods in the namespaces of teams."""
