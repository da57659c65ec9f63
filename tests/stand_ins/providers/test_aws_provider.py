"""The AWS provider behind its proxy is the AWS provider that Terraform starts itself."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.provider_processes import program
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers.aws_provider import ADDRESS, AwsProvider, named_types
from tests.terraform import Terraform, TerraformError

REQUIRED = {"source": "hashicorp/aws"}


def stack(folder: Path, endpoint: str = "", **blocks: Any) -> Terraform:
    """A stack with two configurations of the provider."""
    folder.mkdir(exist_ok=True)
    document = {
        "terraform": {"required_providers": {"aws": REQUIRED}},
        "provider": {"aws": [{"region": "us-west-2"}, {"region": "eu-west-1", "alias": "other"}]},
        **blocks,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return Terraform(folder, endpoint)


def test_types_are_found_in_configuration_modules_tests_and_states_and_not_in_programs(tmp_path: Path) -> None:
    files = {
        **{"cdk.tf.json": "aws_vpc", "main.tf": 'data "aws_region" "x"', ".terraform/modules/a/main.tf": "aws_subnet"},
        **{"tests/a.tftest.json": "aws_eip", "state/b.tfstate": "aws_nat_gateway"},
        **{".terraform/providers/x.tf": "aws_instance", "notes.txt": "aws_s3_bucket"},
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"a {text} b")
    alone = tmp_path / "state" / "old"
    alone.write_text("aws_route")
    found = named_types([tmp_path, alone, tmp_path / "missing"])
    assert found == {"aws_vpc", "aws_region", "aws_subnet", "aws_eip", "aws_nat_gateway", "aws_route"}


@pytest.mark.terraform
def test_the_schema_is_the_providers_own_for_every_type_that_is_named(tmp_path: Path) -> None:
    resources: dict[str, Any] = {"aws_vpc": {"a": {}}, "aws_eks_cluster": {"a": {}}, "aws_launch_template": {"a": {}}}
    through = stack(tmp_path / "through", resource=resources, data={"aws_region": {"a": {}}, "aws_vpc": {"a": {}}})
    alone = replace(stack(tmp_path / "alone"), starts_provider=True)
    through.init()
    alone.init()

    def schemas(one: Terraform) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(one.run("providers", "schema", "-json"))["provider_schemas"][ADDRESS]
        return found

    ours, whole = schemas(through), schemas(alone)
    assert {"aws_vpc", "aws_eks_cluster", "aws_launch_template"} <= ours["resource_schemas"].keys()
    assert {"aws_region", "aws_vpc"} <= ours["data_source_schemas"].keys()
    for kind in ("resource_schemas", "data_source_schemas"):
        assert len(ours[kind]) < len(whole[kind]) / 2
        whole[kind] = {name: one for name, one in whole[kind].items() if name in ours[kind]}
    assert ours == whole
    assert (alone.folder / ".terraform.lock.hcl").is_file()
    assert not (through.folder / ".terraform.lock.hcl").exists()


@pytest.mark.terraform
def test_what_the_provider_refuses_is_refused_in_its_words(tmp_path: Path) -> None:
    said = []
    for name, alone in (("through", False), ("alone", True)):
        wrong = {"aws_vpc": {"a": {"cidr_block": "10.0.0.1/16"}}, "aws_eip": {"a": {"domain": "moon"}}}
        with pytest.raises(TerraformError) as refused:
            replace(stack(tmp_path / name, resource=wrong), starts_provider=alone).validate()
        said.append(str(refused.value).replace(str(tmp_path / name), ""))
    assert said[0] == said[1]
    assert "10.0.0.1/16" in said[0]
    assert "moon" in said[0]


@pytest.fixture
def provider() -> Iterator[AwsProvider]:
    made = AwsProvider()
    yield made
    made.close()


@pytest.mark.terraform
def test_a_type_that_is_missed_is_an_error(tmp_path: Path, provider: AwsProvider) -> None:
    made = replace(
        stack(tmp_path / "stack", resource={"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16"}}}), starts_provider=True
    )
    elsewhere = tmp_path / "elsewhere.tf"
    elsewhere.write_text("aws_subnet")
    with provider.serving(program(REQUIRED), os.environ, [elsewhere]) as attached:
        missed = replace(made, environment={"TF_REATTACH_PROVIDERS": json.dumps(attached)})
        with pytest.raises(TerraformError, match='does not support resource type "aws_vpc"'):
            missed.validate()
        elsewhere.write_text("aws_vpc")
        missed.validate()


@pytest.mark.terraform
def test_each_configuration_has_its_own_process(tmp_path: Path, aws: Server) -> None:
    regions = {"aws_region": {"a": {}, "b": {"provider": "aws.other"}}}
    outputs = {name: {"value": f"${{data.aws_region.{name}.name}}"} for name in regions["aws_region"]}
    both = stack(tmp_path, aws.endpoint, data=regions, output=outputs)
    both.apply()
    assert both.output() == {"a": "us-west-2", "b": "eu-west-1"}
    assert both.plan().is_empty


@pytest.mark.terraform
def test_a_process_is_used_again_unless_it_was_interrupted(provider: AwsProvider) -> None:
    key = (program(REQUIRED), tuple(os.environ.items()))
    first = provider.take(key)
    provider.give_back(first)
    assert provider.take(key) is first
    with first.answering("Stop"):
        pass
    provider.give_back(first)
    assert first.process.poll() is not None
    second = provider.take(key)
    with second.answering("ReadResource"):
        provider.give_back(second)
    assert second.process.poll() is not None


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended can remain in the table where no init process removes it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    entry = Path(f"/proc/{pid}/stat")
    return not entry.exists() or entry.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.terraform
def test_a_process_ends_with_the_one_that_started_it() -> None:
    """Also when that one is killed, as by the kernel when memory runs out."""
    lines = (
        "import os, signal",
        "from tests.provider_processes import program",
        "from tests.stand_ins.providers.aws_provider import AwsProvider",
        f"process = AwsProvider().take((program({REQUIRED!r}), tuple(os.environ.items())))",
        "print(process.process.pid, flush=True)",
        "os.kill(os.getpid(), signal.SIGKILL)",
    )
    killed = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    started = int(killed.stdout)
    for _ in range(100):
        if not runs(started):
            return
        time.sleep(0.1)
    os.kill(started, signal.SIGKILL)
    pytest.fail("the provider still runs")
