"""Terraform stacks: one module per state; order.py lists them."""

import modules  # noqa: F401  first: installs lazy loading of provider bindings before cdktf starts Node
