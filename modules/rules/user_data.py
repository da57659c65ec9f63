"""Rules about AMIs of your own and user data of node groups."""

import re
from collections.abc import Iterator

from modules.cluster.user_data.formats import BOUNDARY, MOST_BYTES, SCRIPT, part
from modules.cluster.user_data.node_group import END, ClusterDetails, own_settings, user_data
from modules.rules.pasted_secrets import is_secret
from modules.rules.rule import Problem, rule
from modules.settings.node_group import NodeGroup

BEFORE, AFTER = "user_data_before_bootstrap", "user_data_after_bootstrap"
CLUSTER_BYTES = 3 * 1024
"""Reserved for the details of the cluster, which are known at apply: mostly the certificate, of about 1.5 KB."""
ASSIGNMENT = re.compile(r"""(?m)^\s*(?:export\s+|-\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[=:]\s*["']?([^\s"']+)""")
"""A variable of a script, a key of TOML or of YAML, and the beginning of its value."""
PLACEHOLDER = ClusterDetails("cluster", "endpoint", "certificate", "${cidr}")


@rule(NodeGroup)
def own_ami(group: NodeGroup) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html (Limits and conditions)."""
    if group.ami_id is None:
        return
    if group.ami_release_version is not None:
        yield "ami_release_version", "EKS refuses a release together with an AMI of your own", "remove it, or ami_id"
    if group.ami_family == "AL2":
        yield (
            "ami_family",
            "the platform writes the bootstrap of AL2023 and BOTTLEROCKET only",
            "build the AMI on AL2023: AL2 has no update any more",
        )


@rule(NodeGroup)
def texts_of_user_data(group: NodeGroup) -> Iterator[Problem]:
    """What cloud-init, nodeadm and Bottlerocket can read, without secrets."""
    for field, text in ((BEFORE, group.user_data_before_bootstrap), (AFTER, group.user_data_after_bootstrap)):
        if not text.isascii():
            yield field, "has characters outside of ASCII, which cloud-init reads wrongly", "write it in ASCII"
        if "\r" in text:
            yield field, "has line ends of Windows, which shells refuse", "end lines with \\n"
        for line in {f"--{BOUNDARY}", f"--{BOUNDARY}--", END} & set(text.splitlines()):
            yield field, f"has the line {line}, which ends a part of the user data", "change that line"
        for name, value in ASSIGNMENT.findall(text):
            if is_secret(name, value):
                yield (
                    field,
                    f"{name} appears to be a secret; user data is readable on the node, in generated/, in plans and in the state",
                    "let the script read it from Secrets Manager, with a policy in role_policy_arns",
                )


@rule(NodeGroup)
def format_of_user_data(group: NodeGroup) -> Iterator[Problem]:
    """The format of the operating system."""
    if group.user_data_after_bootstrap and group.ami_family != "AL2023":
        why = "runs no scripts" if group.ami_family == "BOTTLEROCKET" else "is bootstrapped after all user data"
        yield AFTER, f"{group.ami_family} {why}", "remove it, or use AL2023"
    elif group.user_data_after_bootstrap and not group.user_data_after_bootstrap.lstrip().startswith("#!"):
        yield AFTER, "is not a script", "begin it with #!, such as #!/bin/bash"
    if not group.user_data_before_bootstrap:
        return
    try:
        if group.ami_family == "BOTTLEROCKET":
            own_settings(group.user_data_before_bootstrap)
            user_data(group, 110, PLACEHOLDER)
        elif part(group.user_data_before_bootstrap)[0] != SCRIPT and group.ami_family == "AL2":
            yield BEFORE, "is not a script, the only part that AL2 reads here", "begin it with #!, such as #!/bin/bash"
    except ValueError as error:
        fix = "write settings of Bottlerocket" if group.ami_family == "BOTTLEROCKET" else "begin it with one of these"
        yield BEFORE, str(error), fix


@rule(NodeGroup)
def size_of_user_data(group: NodeGroup) -> Iterator[Problem]:
    """EC2's limit, for what is written here and for what names the cluster."""
    if not group.user_data_before_bootstrap and not group.user_data_after_bootstrap:
        return
    try:
        size = len(user_data(group, 110, PLACEHOLDER))
    except ValueError:  # reported by format_of_user_data()
        return
    if size + CLUSTER_BYTES > MOST_BYTES:
        yield (
            BEFORE if len(group.user_data_before_bootstrap) >= len(group.user_data_after_bootstrap) else AFTER,
            f"the user data has {size:,} bytes, and EC2 accepts {MOST_BYTES:,}, of which {CLUSTER_BYTES:,} are for the cluster's details",
            "put what is large into the AMI, or download it in the script",
        )
