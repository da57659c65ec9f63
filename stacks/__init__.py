"""One file = one Terraform state; platform.py says which stacks a platform has."""

import modules  # noqa: F401  first: it makes the provider bindings load lazily, before cdktf starts Node
