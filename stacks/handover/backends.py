"""Backend configuration templates by kind: `-backend-config` files for the empty block."""

from dataclasses import dataclass

from stacks.handover.stack import Stack

SHARED, OWN = "backend.tfbackend", "stack.tfbackend"
"""The shared file in the archive's root, and the file of each stack next to its JSON."""


@dataclass(frozen=True)
class Backend:
    """One kind of backend.

    Source: https://developer.hashicorp.com/terraform/language/backend
    """

    shared: tuple[str, ...]
    """Shared lines to complete."""
    own: str
    """Line that identifies one stack's state, with `{platform}` and `{layer}`."""


BACKENDS = {
    "azurerm": Backend(
        ('resource_group_name = ""', 'storage_account_name = ""', 'container_name = ""', "use_azuread_auth = true"),
        'key = "{platform}/{layer}.tfstate"',
    ),
    "gcs": Backend(('bucket = ""',), 'prefix = "{platform}/{layer}"'),
    "http": Backend((), 'address = ""'),
    "pg": Backend((), 'schema_name = "{platform}_{layer}"'),
    "remote": Backend(
        ('hostname = "app.terraform.io"', 'organization = ""'), 'workspaces {{ name = "{platform}-{layer}" }}'
    ),
    "s3": Backend(
        ('bucket = ""', 'region = ""', "encrypt = true", "use_lockfile = true"), 'key = "{platform}/{layer}.tfstate"'
    ),
}


def shared_file(kind: str) -> str:
    """Content of the shared file."""
    lines = BACKENDS[kind].shared or ("# no shared settings",)
    return "".join(f"{line}\n" for line in lines)


def own_file(stack: Stack) -> str:
    """Content of the file of one stack."""
    assert stack.backend is not None
    return BACKENDS[stack.backend].own.format(platform=stack.platform, layer=stack.layer) + "\n"


def init_arguments(stack: Stack) -> str:
    """Arguments of `terraform init` in the stack's folder; empty without a backend block."""
    return f"-backend-config=../../{SHARED} -backend-config={OWN}" if stack.backend else ""
