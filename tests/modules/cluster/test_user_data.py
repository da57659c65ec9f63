"""User data of node groups with texts and AMIs of your own, asserted whole and read by what reads it on a node."""

import email
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.cluster.user_data.formats import toml
from modules.cluster.user_data.node_group import ClusterDetails, user_data
from modules.settings import NodeGroup, Taint

CLUSTER = ClusterDetails("prod", "https://api", "Q0E=", "${aws_eks_cluster.this.cidr}")
AMI = "ami-0123456789abcdef0"
POOL: dict[str, Any] = {
    "ami_id": AMI,
    "labels": {"pool": "big", "team": "ml"},
    "taints": (Taint(key="gpu", value="yes"), Taint(key="gpu", effect="NO_EXECUTE")),
    "autoscaler_tags": False,
}
SCRIPT = "#!/bin/sh\necho before ${HOME}"


def text(**settings: Any) -> str:
    return user_data(NodeGroup(**{"name": "a", **settings}), 110, CLUSTER)


def parts(message: str) -> list[tuple[str, str]]:
    """As cloud-init reads them: content type and text."""
    read = email.message_from_string(message)
    return [(part.get_content_type(), str(part.get_payload())) for part in read.walk() if not part.is_multipart()]


def test_scripts_are_before_and_after_the_node_config() -> None:
    found = parts(text(user_data_before_bootstrap=SCRIPT, user_data_after_bootstrap="#!/bin/sh\necho after\n"))
    assert [kind for kind, _ in found] == [
        "text/x-shellscript",
        "application/node.eks.aws",
        "text/x-shellscript",
        "text/x-shellscript",
    ]
    assert found[0][1] == "#!/bin/sh\necho before $${HOME}\n", "escaped for Terraform"
    assert (
        "cat > /usr/local/bin/after-bootstrap <<'END-OF-AFTER-BOOTSTRAP'\n#!/bin/sh\necho after\nEND-OF-AFTER-BOOTSTRAP\n"
        in found[3][1]
    )
    assert "After=nodeadm-run.service\n" in found[3][1]


def test_the_script_for_later_is_written_unchanged(tmp_path: Path) -> None:
    script = "#!/bin/bash\necho \"it's $HOME\" `id` \\\\ 'END'\nEND\n"
    later = parts(text(user_data_after_bootstrap=script))[-1][1]
    here = later.replace("/usr/local/bin", str(tmp_path)).replace("/etc/systemd/system", str(tmp_path))
    run = subprocess.run(
        ["bash", "-c", f"systemctl() {{ echo $*; }}\n{here}"], capture_output=True, text=True, check=True
    )
    assert (tmp_path / "after-bootstrap").read_text() == script
    assert (tmp_path / "after-bootstrap").stat().st_mode & 0o777 == 0o755
    assert run.stdout.splitlines() == ["daemon-reload", "start --no-block after-bootstrap.service"]


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        ("#cloud-config\npackages: [jq]\n", "text/cloud-config"),
        ("---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n", "application/node.eks.aws"),
    ],
)
def test_a_part_is_what_its_text_says(own: str, kind: str) -> None:
    assert parts(text(user_data_before_bootstrap=own))[0] == (kind, own)


def test_an_own_ami_of_al2023_gets_the_cluster_and_how_to_register() -> None:
    kind, config = parts(text(**POOL))[0]
    assert kind == "application/node.eks.aws"
    assert yaml.safe_load(config)["spec"] == {
        "cluster": {
            "name": "prod",
            "apiServerEndpoint": "https://api",
            "certificateAuthority": "Q0E=",
            "cidr": "${aws_eks_cluster.this.cidr}",
        },
        "kubelet": {
            "config": {"maxPods": 110},
            "flags": ["--node-labels=pool=big,team=ml", "--register-with-taints=gpu=yes:NoSchedule,gpu=:NoExecute"],
        },
    }


def test_an_own_ami_of_bottlerocket_gets_the_same() -> None:
    found = tomllib.loads(text(**POOL, ami_family="BOTTLEROCKET"))
    assert found["settings"]["kubernetes"] == {
        "max-pods": 110,
        "cluster-name": "prod",
        "api-server": "https://api",
        "cluster-certificate": "Q0E=",
        "cluster-dns-ip": "${cidrhost(aws_eks_cluster.this.cidr, 10)}",
        "node-labels": {"pool": "big", "team": "ml"},
        "node-taints": {"gpu": ["yes:NoSchedule", ":NoExecute"]},
    }


def test_an_own_ami_without_labels_and_taints_registers_without_them() -> None:
    assert "flags" not in parts(text(ami_id=AMI))[0][1]
    assert "node-labels" not in text(ami_id=AMI, ami_family="BOTTLEROCKET")


def test_settings_of_bottlerocket_are_merged() -> None:
    own = """
    [settings.kubernetes]
    allowed-unsafe-sysctls = ["net.*"]
    [settings.kernel.sysctl]
    "vm.swappiness" = "1"
    [[settings.container-registry.mirrors]]
    registry = "*"
    endpoint = ["https://mirror"]
    [settings.pki.bundle]
    data = "Q0E="
    trusted = true
    [settings.boot.kernel]
    "a.b" = ["say \\"hi\\""]
    [settings.empty]
    """
    found = tomllib.loads(
        text(ami_family="BOTTLEROCKET", user_data_before_bootstrap=own, sysctls={"vm.max_map_count": 1})
    )
    wanted = tomllib.loads(own)["settings"]
    wanted["kubernetes"]["max-pods"] = 110
    wanted["kernel"]["sysctl"]["vm.max_map_count"] = "1"
    assert found == {"settings": wanted}


def test_local_disks_are_an_array_or_mounted_one_by_one() -> None:
    arrays = yaml.safe_load(parts(text(local_disks="raid0"))[0][1])["spec"]
    assert arrays["instance"] == {"localStorage": {"strategy": "RAID0"}}
    assert "strategy: Mount\n" in text(local_disks="mount")
    assert "localStorage" not in text()


def test_bottlerocket_moves_images_and_pods_to_local_disks_at_each_boot() -> None:
    commands = tomllib.loads(text(ami_family="BOTTLEROCKET", local_disks="raid0"))["settings"]["bootstrap-commands"]
    assert commands == {
        "000-local-disks": {
            "commands": [
                ["apiclient", "ephemeral-storage", "init"],
                [
                    "apiclient",
                    "ephemeral-storage",
                    "bind",
                    "--dirs",
                    "/var/lib/containerd",
                    "/var/lib/kubelet",
                    "/var/log/pods",
                ],
            ],
            "essential": True,
            "mode": "always",
        }
    }


def test_toml_has_no_form_that_eks_does_not_merge() -> None:
    written = toml({"settings": {"a.b": {"c": 1}, "text": 'say "hi"', "path": "C:\\x", "list": [{"x": True}]}})
    assert written == "[settings]\n\"a.b\" = { c = 1 }\ntext = 'say \"hi\"'\npath = 'C:\\x'\nlist = [{ x = true }]\n"


def test_bytes_of_a_group_without_kernel_settings_are_as_before() -> None:
    assert text(ami_family="BOTTLEROCKET", sysctls={}) == "[settings.kubernetes]\nmax-pods = 110\n\n"
