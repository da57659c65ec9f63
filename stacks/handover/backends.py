"""What the pipeline fills in about its state, by kind of backend: `-backend-config` files beside the empty block."""

from dataclasses import dataclass

from stacks.handover.stack import Stack

SHARED, OWN = "backend.tfbackend", "stack.tfbackend"
"""The file that all stacks share, in the archive's root; and the one of each stack, beside its JSON."""


@dataclass(frozen=True)
class Backend:
    """One kind.

    Source: https://developer.hashicorp.com/terraform/language/backend
    """

    shared: tuple[str, ...]
    """Lines that are to be filled in once."""
    own: str
    """What sets one stack's state apart: `{platform}` and `{layer}` are put in."""


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
    """Content of the file that all stacks share."""
    lines = BACKENDS[kind].shared or ("# nothing that all stacks share",)
    return "".join(f"{line}\n" for line in lines)


def own_file(stack: Stack) -> str:
    """Content of the file of one stack."""
    assert stack.backend is not None
    return BACKENDS[stack.backend].own.format(platform=stack.platform, layer=stack.layer) + "\n"


def init_arguments(stack: Stack) -> str:
    """Arguments of `terraform init` in the stack's folder; empty without a backend block."""
    return f"-backend-config=../../{SHARED} -backend-config={OWN}" if stack.backend else ""
