"""GitHub actions of all workflows, pinned by the commit of a release.

GitHub removed Node 20 from its runners in September 2026; all of these run on Node 24.
Source: https://docs.github.com/actions/reference/security/secure-use#using-third-party-actions
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One action."""

    name: str
    version: str
    commit: str

    @property
    def uses(self) -> str:
        """Value of `uses`."""
        return f"{self.name}@{self.commit}"

    def __str__(self) -> str:
        """The value with the version as a comment, which Dependabot and Renovate update with the commit."""
        return f"{self.uses} # {self.version}"


CHECKOUT = Action("actions/checkout", "v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1")
SETUP_TERRAFORM = Action("hashicorp/setup-terraform", "v4.0.1", "dfe3c3f87815947d99a8997f908cb6525fc44e9e")
CREDENTIALS = Action("aws-actions/configure-aws-credentials", "v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c")
UPLOAD = Action("actions/upload-artifact", "v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f")
DOWNLOAD = Action("actions/download-artifact", "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c")
SETUP_PYTHON = Action("actions/setup-python", "v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97")
SETUP_NODE = Action("actions/setup-node", "v7.0.0", "820762786026740c76f36085b0efc47a31fe5020")
CACHE = Action("actions/cache", "v5.0.5", "27d5ce7f107fe9357f9df03efb73ab90386fccae")
ACTIONS = {
    "checkout": CHECKOUT,
    "setup_terraform": SETUP_TERRAFORM,
    "credentials": CREDENTIALS,
    "upload": UPLOAD,
    "download": DOWNLOAD,
    "setup_python": SETUP_PYTHON,
    "setup_node": SETUP_NODE,
    "cache": CACHE,
}


def with_versions(text: str) -> str:
    """A workflow with the version of each action as a comment."""
    for action in ACTIONS.values():
        text = text.replace(f"uses: {action.uses}\n", f"uses: {action}\n")
    return text
