"""The first hour as the pages describe it: a real clone and an installed package, an empty home, a path with a space and an umlaut.

Sample output on the pages is compared with what the commands print; only times, counts of warnings and the order of Terraform's
parallel work may differ.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks
from tests.installed import Installed, clone, wheel
from tests.platform_objects import needs_cache
from tests.project_copy import USER_CACHE, own_environment
from tests.provider_mirror import COLLECTS_LESS, cli_config
from tests.provider_processes import running
from tests.stand_ins.moto_extension import CREDENTIALS, Server, leftovers
from tests.stand_ins.providers import Clusters, attached
from tests.terraform import Terraform
from tests.test_clone import with_charts

pytestmark = [pytest.mark.terraform, needs_cache]
CALLER = "user/moto"
ALL = ("--region", "us-west-2", "--email", "ada@kubeflow.dev")
NEW = (*ALL, "--admin", CALLER)
OPEN = (*NEW, "--public-access-cidr", "11.0.0.0/24")
KINDS = {
    "quickstart": OPEN,
    "production": (*OPEN, "--state-bucket", "mine-state"),
    "existing-cluster": (*ALL, "--cluster", "legacy"),
    "hand-over": OPEN,
    "hcp": (*NEW, "--agent-cidr", "10.8.0.0/16", "--organization", "example"),
}
NEXT = {
    "hand-over": "Next: kubeflow-aws export   (archives for the pipeline that applies them: docs/hand-over.md)",
    "hcp": "Next: terraform apply in each stack, the first one as yourself: docs/hcp-terraform.md",
}
VARIES = ((r"\d+\.\d\d$", "0.00"), (r"\d+ s$", "0 s"), (r"\d+ warnings", "0 warnings"), (r"^\d+/(?=\d+ )", "0/"))
"""What differs between two runs."""


def lines(text: str) -> list[str]:
    """Lines as they are compared: single spaces, no empty ones, constants for what varies."""
    found = []
    for line in text.splitlines():
        words = " ".join(line.split())
        for pattern, constant in VARIES:
            words = re.sub(pattern, constant, words)
        found += [words] if words else []
    return found


def check_sample(sample: str, printed: str) -> None:
    """Assert that each line of a sample is printed, in this order; a line of `…` matches any lines."""
    there = lines(printed)
    position = 0
    for line in lines(sample):
        if line == "…":
            continue
        pattern = re.escape(line).replace("…", ".*") + "$"  # a line that ends in … is shortened
        at = next((number for number in range(position, len(there)) if re.match(pattern, there[number])), None)
        assert at is not None, (
            f"a page shows {line!r}, which is not printed after {there[:position][-1:]} in:\n{printed}"
        )
        position = at + 1


def samples(page: str) -> list[str]:
    found = blocks(ROOT / "docs" / page, "text")
    assert found, f"{page} has no sample output"
    return found


def only(found: list[str], part: str) -> str:
    (sample,) = (one for one in found if part in one)
    return sample


class Newcomer:
    """A person with an empty home, and AWS credentials that lead to moto.

    Args:
        folder: an empty folder; its name has a space and an umlaut.
        aws: moto.
        providers: `TF_REATTACH_PROVIDERS` of the stand-ins for Helm and Kubernetes.
        environment: further variables.
    """

    def __init__(self, folder: Path, aws: Server, providers: str, environment: dict[str, str] | None = None) -> None:
        home = folder / "home"
        home.mkdir(parents=True)
        configuration = folder / "providers.tfrc"
        configuration.write_text(cli_config(), encoding="utf-8")
        self.environment = {
            **{"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1"},
            # caches keyed by content, which other tests fill as well
            **{"XDG_CACHE_HOME": str(USER_CACHE)},
            **{"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(USER_CACHE / "aws" / "jsii" / "package-cache")},
            **{"PYTHON": sys._base_executable},  # type: ignore[attr-defined]
            **CREDENTIALS,
            **COLLECTS_LESS,
            **{"AWS_ENDPOINT_URL": aws.endpoint, "AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1"},
            **{"TF_CLI_CONFIG_FILE": str(configuration), "TF_REATTACH_PROVIDERS": providers},
            **(environment or {}),
        }

    def run(self, folder: Path, *command: str, code: int = 0) -> str:
        """Run a program, and return all that it prints."""
        done = subprocess.run(
            command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{command} exited with {done.returncode}:\n{done.stdout}"
        assert "Traceback" not in done.stdout
        return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "My Plätze"
    folder.mkdir()
    return folder


@pytest.fixture
def providers(aws: Server, tmp_path: Path) -> Iterator[str]:
    aws.client("iam").create_user(UserName="moto")
    with attached(Terraform(tmp_path, aws.endpoint), Clusters()) as stack:
        yield stack.environment["TF_REATTACH_PROVIDERS"]


def edit(main: Path, old: str, new: str) -> None:
    text = main.read_text(encoding="utf-8")
    assert old in text
    main.write_text(text.replace(old, new), encoding="utf-8")


def check_nothing_is_left() -> None:
    assert [one for one in leftovers("us-west-2") if not one.endswith("moto")] == []


def test_the_first_platform_in_a_clone(aws: Server, providers: str, place: Path) -> None:
    me = Newcomer(place / "me", aws, providers)
    project = place / "kubeflow"
    with running(me.environment, project / "generated", project / "state") as me.environment:
        check_clone(me, project)
    check_nothing_is_left()


def check_clone(me: Newcomer, folder: Path) -> None:
    """What the pages say about a clone."""
    project = with_charts(clone(folder))
    own_environment(project)
    check_sample(only(samples("deploy.md"), "prod-network"), me.run(project, "make", "synth"))

    page = samples("first-platform.md")
    options = ("--kind", "quickstart", "--name", "quickstart", *OPEN)
    (project / "main.py").write_bytes((project / "examples" / "quickstart" / "main.py").read_bytes())
    check_sample(only(page, "reserved for documentation"), me.run(project, "make", "doctor", code=2))
    me.run(project, ".venv/bin/python", "-m", "cli", "init", *options, "--force")
    check_sample(only(page, "Next: make deploy"), me.run(project, "make", "synth"))
    (review,) = (block for block in blocks(ROOT / "docs" / "first-platform.md", "sh") if "git diff" in block)
    assert "generated/stacks/quickstart-network/cdk.tf.json" in me.run(project, "sh", "-euc", review)
    assert "error (" not in me.run(project, "make", "doctor")
    waits = "quickstart-cluster waits for quickstart-network"
    assert waits in lines(me.run(project, "make", "diff"))
    deployed = me.run(project, "make", "deploy", "STACK=quickstart-network", "ARGS=--auto-approve")
    check_sample(only(page, "quickstart-network: planning"), deployed)
    assert "Next: the other stacks: make deploy STACK='quickstart-*'" in deployed
    gone = me.run(project, "make", "destroy", "STACK=quickstart-*", "ARGS=--auto-approve")
    assert "deploy" not in gone


def test_the_installed_package_from_init_to_update_and_destroy(aws: Server, providers: str, place: Path) -> None:
    source = clone(place / "source")
    there = Installed(place / "installed")
    there.install(wheel(source, place / "wheel"))
    me = Newcomer(
        place / "me", aws, providers, {name: there.environment[name] for name in ("PYTHONPATH", "XDG_CACHE_HOME")}
    )
    with running(me.environment, place / "mine") as me.environment:
        check_life(me, there, source, place)
    check_nothing_is_left()


def check_life(me: Newcomer, there: Installed, source: Path, place: Path) -> None:
    """From the first `init` to the last `destroy`."""

    def command(folder: Path, *arguments: str, code: int = 0) -> str:
        return me.run(folder, sys.executable, str(there.site / "bin" / "kubeflow-aws"), *arguments, code=code)

    page = samples("install.md")
    for kind, options in KINDS.items():
        bucket = ("--state-bucket", "mine-state") if kind in ("quickstart", "existing-cluster") else ()
        said = command(place, "init", "--repo", f"my {kind}", "--kind", kind, "--name", "mine", *options, *bucket)
        assert f"Next: cd 'my {kind}' && kubeflow-aws synth" in said
        assert "main.py: mine: settings are valid" in command(place / f"my {kind}", "validate")
        said = command(place / f"my {kind}", "synth")
        assert said.splitlines()[-1] == NEXT.get(kind, "Next: kubeflow-aws deploy")
    check_sample(
        only(page, "written: "),
        command(
            place,
            "init",
            "--repo",
            "my-platform",
            "--kind",
            "quickstart",
            "--name",
            "mine",
            *OPEN,
            "--state-bucket",
            "mine-state",
        ),
    )

    mine = place / "mine"
    mine.mkdir()
    command(mine, "init", "--kind", "quickstart", "--name", "mine", *OPEN)
    assert "mine-network 20 0 0 0 changes" in lines(command(mine, "diff", "mine-network"))
    refused = command(mine, "deploy", "mine-network", code=1)
    assert refused.endswith("without confirmation: kubeflow-aws deploy mine-network --auto-approve\n")
    assert "mine-network 20 0 0 0 applied 0 s" in lines(command(mine, "deploy", "mine-network", "--auto-approve"))
    edit(mine / "main.py", "zones=2", "zones=3")
    assert "mine-network 6 1 0 0 changes" in lines(command(mine, "diff", "mine-network", "--exit-code", code=3))
    assert "mine-network 6 1 0 0 applied 0 s" in lines(command(mine, "deploy", "mine-network", "--auto-approve"))

    edit(source / "kubeflow_aws" / "__init__.py", '__version__ = "', '__version__ = "9.')
    there.install(wheel(source, place / "next-wheel"))
    assert command(mine, "--version").startswith("kubeflow-aws 9.")
    updated = command(mine, "diff", "mine-network", "--exit-code")
    assert "mine-network 0 0 0 0 no changes" in lines(updated)
    assert "destroyed" in command(mine, "destroy", "mine-*", "--auto-approve")


def test_a_sample_with_a_line_that_is_not_printed_is_refused() -> None:
    check_sample("a 1.25\n…\nb: x…\n", "a   2.50\nmore\nb: xyz\n")
    with pytest.raises(AssertionError, match="a page shows 'c'"):
        check_sample("a\nc\n", "a\nb\n")
