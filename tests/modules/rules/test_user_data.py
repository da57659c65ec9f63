"""AMIs of your own and user data of node groups."""

from modules.rules import problems_of_all
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_al2, on_group

AMI = "ami-0123456789abcdef0"
PATH = "cluster.node_groups[1]"
BEFORE, AFTER = f"{PATH}.user_data_before_bootstrap", f"{PATH}.user_data_after_bootstrap"

ROWS: Rows = {
    "ami_that_is_a_name": (on_group(ami_id="al2023-hardened"), f"{PATH}.ami_id: ami-0123456789abcdef0"),
    "release_of_an_own_ami": (
        on_group(ami_id=AMI, ami_release_version="1.35.0-20260101"),
        f"{PATH}.ami_release_version: refuses a release",
    ),
    "own_ami_of_al2": (on_al2(ami_id=AMI), "cluster.node_groups[0].ami_family: AL2023 and BOTTLEROCKET only"),
    "script_without_a_first_line": (
        on_group(user_data_before_bootstrap="yum install -y jq"),
        f"{BEFORE}: begins with neither #!",
    ),
    "cloud_config_of_al2": (
        on_al2(user_data_before_bootstrap="#cloud-config\npackages: [jq]\n"),
        "cluster.node_groups[0].user_data_before_bootstrap: is not a script",
    ),
    "script_of_bottlerocket": (
        on_group(ami_family="BOTTLEROCKET", user_data_before_bootstrap="#!/bin/bash\necho\n"),
        f"{BEFORE}: is not TOML",
    ),
    "table_that_bottlerocket_does_not_read": (
        on_group(ami_family="BOTTLEROCKET", user_data_before_bootstrap="[kubernetes]\nmax-pods = 1\n"),
        f"{BEFORE}: has kubernetes outside of the table settings",
    ),
    "setting_that_the_platform_sets": (
        on_group(
            ami_family="BOTTLEROCKET",
            user_data_before_bootstrap='[settings.kubernetes]\nmax-pods = 1\n[settings.kernel]\nsysctl = {"vm.swappiness" = "1"}\n',
        ),
        f"{BEFORE}: sets settings.kubernetes.max-pods",
    ),
    "quotes_that_eks_does_not_merge": (
        on_group(ami_family="BOTTLEROCKET", user_data_before_bootstrap='[settings]\nmotd = "it\'s \\"it\\""\n'),
        f"{BEFORE}: both kinds of quotes",
    ),
    "date_in_settings": (
        on_group(ami_family="BOTTLEROCKET", user_data_before_bootstrap="[settings]\nmotd = 2026-01-01\n"),
        f"{BEFORE}: has a date",
    ),
    "after_bottlerocket": (
        on_group(ami_family="BOTTLEROCKET", user_data_after_bootstrap="#!/bin/sh\n"),
        f"{AFTER}: runs no scripts",
    ),
    "after_al2": (
        on_al2(user_data_after_bootstrap="#!/bin/sh\n"),
        "cluster.node_groups[0].user_data_after_bootstrap: bootstrapped after all user data",
    ),
    "after_that_is_no_script": (
        on_group(user_data_after_bootstrap="#cloud-config\n"),
        f"{AFTER}: is not a script",
    ),
    "letters_outside_of_ascii": (
        on_group(user_data_before_bootstrap="#!/bin/sh\n# für Köln\n"),
        f"{BEFORE}: characters outside of ASCII",
    ),
    "line_ends_of_windows": (
        on_group(user_data_before_bootstrap="#!/bin/sh\r\necho\r\n"),
        f"{BEFORE}: line ends of Windows",
    ),
    "line_that_ends_a_part": (
        on_group(user_data_before_bootstrap="#!/bin/sh\n--NODE\n"),
        f"{BEFORE}: has the line --NODE",
    ),
    "password_in_a_script": (
        on_group(user_data_before_bootstrap="#!/bin/sh\nexport PROXY_PASSWORD=correct-horse\n"),
        f"{BEFORE}: PROXY_PASSWORD appears to be a secret",
    ),
    "token_in_settings": (
        on_group(
            ami_family="BOTTLEROCKET",
            user_data_before_bootstrap='[[settings.container-registry.credentials]]\nregistry = "docker.io"\nauth-token = "dXNlcg"\n',
        ),
        f"{BEFORE}: auth-token appears to be a secret",
    ),
    "larger_than_ec2_takes": (
        on_group(user_data_before_bootstrap=f"#!/bin/sh\n# {'x' * 13_000}\n"),
        f"{BEFORE}: of which 3,072 are for the cluster",
    ),
    "script_for_later_that_is_too_large": (
        on_group(user_data_after_bootstrap=f"#!/bin/sh\n# {'x' * 13_000}\n"),
        f"{AFTER}: of which 3,072 are for the cluster",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_scripts_that_read_their_secrets_are_taken() -> None:
    script = '#!/bin/bash\nTOKEN=$(aws secretsmanager get-secret-value --secret-id x)\nexport HTTP_PROXY="http://proxy:3128"\n'
    config = (
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  containerd:\n    config: |\n      [plugins]\n"
    )
    assert (
        problems_of_all(
            [
                on_group(user_data_before_bootstrap=script, user_data_after_bootstrap=script, ami_id=AMI),
                on_group(user_data_before_bootstrap=config).with_changes(name="dev"),
            ]
        )
        == []
    )
