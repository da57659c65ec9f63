"""`kubeflow-aws teardown`: the cluster is emptied while its controllers run, what is protected is refused, and there is one question.

The whole command with the real Terraform is in tests/e2e/test_deploy.py, each kind of leftover in tests/modules/live/leftovers.
"""

import io
import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import teardown, teardown_cluster
from cli.app import app
from cli.last_apply import State
from cli.signals import InterruptedRunError, Signals
from cli.stack_run import StackRun
from cli.teardown_cluster import Drain, namespaces_of
from cli.teardown_list import Account, identity_of, report
from modules.checks.teardown.facts import Facts
from modules.live import api as live
from modules.live.api import Api, of_context
from modules.live.leftovers.search import Found
from tests.check_inputs import inputs_of
from tests.cli.deploy_stage import ROOT, Project, send, wait_for
from tests.stand_ins.controllers import Place, claim, leave_behind, node_of_karpenter, run_controllers, service
from tests.stand_ins.moto_extension import CREDENTIALS, Server
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import ApiServer, serving

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from types import SimpleNamespace
from cli import teardown
from cli.app import app
from modules.live.leftovers.search import Found
nothing = SimpleNamespace(search=lambda: Found((), (), ()), remove=lambda _: None)
teardown.synthesize = lambda: None
teardown.check_account = lambda *_: None
teardown.valid_platforms = lambda name: [SimpleNamespace(name=name)]
teardown.Account = SimpleNamespace(of=lambda *_: nothing)
app(prog_name="kubeflow-aws")
"""
"""The command on stacks without AWS, for which it has no settings, account and cluster."""
APPLIED = State({"outputs": {"any": {}}})


def facts(name: str) -> Facts:
    return Facts(inputs_of(name).platform, inputs_of(name).documents)


@dataclass
class World:
    """A cluster with running controllers, and an account."""

    aws: Server
    server: ApiServer
    place: Place
    printed: io.StringIO

    @property
    def cluster(self) -> Cluster:
        return self.server.cluster

    def drain(self, name: str = "full", signals: Signals | None = None, **options: Any) -> Drain:
        lines = Console(file=self.printed, width=400)
        run = StackRun(lines, lines, signals or Signals())
        states = {f"{name}-cluster": APPLIED}
        return Drain(run, facts(name), states, "stand-in", **{"delete_volumes": False, **options})

    def balancers(self) -> list[str]:
        return [one["LoadBalancerArn"] for one in self.aws.client("elbv2").describe_load_balancers()["LoadBalancers"]]

    def volumes(self) -> list[str]:
        return [one["VolumeId"] for one in self.aws.client("ec2").describe_volumes()["Volumes"]]

    def names(self, kind: str) -> list[str]:
        return [one["metadata"]["name"] for one in self.cluster.of_kind(kind)]

    def changes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.server.requests if method != "GET"]


@pytest.fixture
def world(aws: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(teardown_cluster, "POLL_SECONDS", 0.05)
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-west-2a")["Subnet"]["SubnetId"]
    with serving(Cluster("https://full.example")) as server:
        run_controllers(aws, server)
        config = server.kubeconfig(tmp_path / "kubeconfig")
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(config))
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint, "KUBECONFIG": str(config)}.items():
            monkeypatch.setenv(name, value)
        yield World(aws, server, Place("full", "full", vpc, subnet), io.StringIO())


@pytest.mark.aws
def test_services_are_deleted_once_and_their_load_balancers_waited_for(world: World) -> None:
    own = service(world.aws, world.cluster, world.place, "shop/web")
    world.cluster.put(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "inside", "namespace": "shop"}, "spec": {}}
    )
    stranger = service(
        world.aws, Cluster("https://other.example"), Place("x", "x", "", world.place.subnet_id), "shop/x"
    )
    world.drain().delete_entry_points()
    assert world.names("Service") == ["inside"]
    assert (own in world.balancers(), stranger in world.balancers()) == (False, True)
    assert world.changes() == [("DELETE", "/api/v1/namespaces/shop/services/web")]
    assert "full: deleting 1 objects of the cluster (load balancers):\n  Service shop/web\n" in world.printed.getvalue()


@pytest.mark.aws
def test_volumes_stay_unless_their_deletion_is_wanted(world: World) -> None:
    made = claim(world.aws, world.cluster, world.place, "shop/data")
    drain = world.drain()
    drain.delete_entry_points()
    drain.delete_nodes_and_claims()
    assert (world.volumes(), world.changes()) == ([made], [])
    assert drain.handles == {made}


@pytest.mark.aws
def test_volumes_are_deleted_with_their_claims_also_those_with_retain(world: World) -> None:
    claim(world.aws, world.cluster, world.place, "shop/data", "Retain")
    claim(world.aws, world.cluster, world.place, "team-a/home", "Delete")
    node_of_karpenter(world.cluster, "general")
    drain = world.drain(delete_volumes=True)
    drain.delete_entry_points()
    assert world.changes() == [("PATCH", "/api/v1/persistentvolumes/pvc-data")], "before the first claim is deleted"
    drain.delete_nodes_and_claims()
    drain.delete_nodes_and_claims()
    assert world.volumes() == []
    assert [path for method, path in world.changes() if method == "DELETE"] == [
        "/apis/karpenter.sh/v1/nodepools/general",
        "/apis/karpenter.sh/v1/nodeclaims/general",
        "/api/v1/namespaces/shop/persistentvolumeclaims/data",
        "/api/v1/namespaces/team-a/persistentvolumeclaims/home",
    ]


@pytest.mark.aws
def test_in_an_existing_cluster_only_namespaces_of_the_platform_are_emptied(world: World) -> None:
    for name in ("kubeflow/web", "shop/web"):
        service(world.aws, world.cluster, world.place, name)
        claim(world.aws, world.cluster, world.place, name.replace("web", "data-" + name[:2]), "Delete")
    node_of_karpenter(world.cluster, "theirs")
    assert {"kubeflow", "istio-system"} <= namespaces_of(facts("inside"))
    drain = world.drain("inside", delete_volumes=True)
    drain.delete_entry_points()
    drain.delete_nodes_and_claims()
    assert [path for _, path in world.changes()] == [
        "/api/v1/namespaces/kubeflow/services/web",
        "/api/v1/namespaces/kubeflow/persistentvolumeclaims/data-ku",
    ]
    assert namespaces_of(facts("inside")) & {"default", "kube-system"} == set()


@pytest.mark.aws
def test_node_pools_of_auto_mode_are_left_to_eks(world: World) -> None:
    node_of_karpenter(world.cluster, "general-purpose")
    world.drain("auto").delete_nodes_and_claims()
    assert world.changes() == []


@pytest.mark.aws
def test_a_controller_that_does_not_run_is_named_with_its_finalizer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service(world.aws, world.cluster, world.place, "shop/web")
    del world.server.controllers["Service"]
    monkeypatch.setattr(teardown_cluster, "WAIT_MINUTES", 0)
    with pytest.raises(ValueError, match="not deleted in 0 minutes") as error:
        world.drain().delete_entry_points()
    assert "Service shop/web" in str(error.value)
    monkeypatch.setattr(teardown_cluster, "WAIT_MINUTES", 0.003)
    with pytest.raises(
        ValueError, match=r"Service shop/web, which waits for service.k8s.aws/resources; check the"
    ) as again:
        world.drain().delete_entry_points()
    assert "--no-drain" in str(again.value)


@pytest.mark.aws
def test_an_interrupted_wait_is_continued_by_the_next_run(world: World) -> None:
    made = service(world.aws, world.cluster, world.place, "shop/web")
    controller = world.server.controllers.pop("Service")
    with Signals() as signals:
        Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(InterruptedRunError):
            world.drain(signals=signals).delete_entry_points()
    assert world.changes() == [("DELETE", "/api/v1/namespaces/shop/services/web")]
    world.server.controllers["Service"] = controller
    (stuck,) = world.cluster.of_kind("Service")
    Timer(0.2, world.server._finalize, (stuck,)).start()  # the controller is back
    world.drain().delete_entry_points()
    assert made not in world.balancers()
    assert len(world.changes()) == 1, "a deleted object is not deleted again"


@pytest.mark.aws
def test_a_connection_is_renewed_before_its_token_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TOKEN_SECONDS", -1)
    connected: list[str] = []

    def connect(context: str) -> Api:
        connected.append(context)
        return of_context(context)

    monkeypatch.setattr(live, "of_context", connect)
    service(world.aws, world.cluster, world.place, "shop/web")
    drain = world.drain()
    drain.delete_entry_points()
    assert len(connected) > 2
    assert world.names("Service") == []


@pytest.mark.aws
def test_the_account_is_searched_for_what_no_state_has_and_loses_what_is_named(world: World) -> None:
    tags = [{"Key": "kubeflow-platform", "Value": "full"}]
    world.aws.client("ec2").create_tags(Resources=[world.place.vpc_id], Tags=tags)
    left = leave_behind(world.aws, world.place)
    resource = {"type": "aws_subnet", "name": "private", "mode": "managed"}
    recorded = State({"resources": [{**resource, "instances": [{"attributes": {"id": world.place.subnet_id}}]}]})
    run: Any = SimpleNamespace(state=lambda _: recorded, say=lambda line: world.printed.write(f"{line}\n"))
    stacks: Any = ["full-network"]
    account = Account.of(run, facts("full"), stacks, frozenset())
    found = account.search()
    ids = {one.id for one in found.left}
    assert {left["VPC endpoint"], left["security group of GuardDuty"], left["volume"], world.place.vpc_id} <= ids
    assert world.place.subnet_id not in ids
    account.remove([one for one in found.left if one.id == left["volume"]])
    assert world.printed.getvalue() == f"deleted volume {left['volume']}\n"
    assert {one.id for one in account.search().left} == ids - {left["volume"]}


@pytest.mark.aws
def test_a_platform_without_states_needs_no_cluster(world: World) -> None:
    lines = Console(file=world.printed)
    drain = Drain(
        StackRun(lines, lines, Signals()), facts("full"), {"full-cluster": State()}, None, delete_volumes=True
    )
    drain.delete_entry_points()
    drain.delete_nodes_and_claims()
    assert world.server.requests == []


@pytest.mark.aws
def test_a_cluster_that_is_unreachable_names_the_way_out(aws: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    lines = Console(file=io.StringIO())
    with pytest.raises(ValueError, match="kubeflow-aws teardown full --no-drain"):
        Drain(StackRun(lines, lines, Signals()), facts("full"), {"full-cluster": APPLIED}, None, delete_volumes=False)


@pytest.mark.aws
def test_a_cluster_that_is_deleted_has_nothing_to_delete(aws: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    printed = io.StringIO()
    lines = Console(file=printed, width=200)
    drain = Drain(
        StackRun(lines, lines, Signals()), facts("full"), {"full-network": APPLIED}, None, delete_volumes=False
    )
    drain.delete_entry_points()
    assert printed.getvalue() == "full: cluster not found in us-west-2: nothing to delete in it\n"


def test_a_protected_platform_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^prod: 25 resources are protected, such as .*; set deletion_protection=False"
    ):
        teardown._refuse_protected(facts("prod"), {})


def test_a_platform_is_refused_whose_drain_was_not_deployed() -> None:
    full = facts("full")
    states = dict.fromkeys(full.stacks, APPLIED)
    with pytest.raises(ValueError, match="deletes users' objects before their controllers") as error:
        teardown._refuse_protected(full, states)
    assert str(error.value).splitlines()[0].startswith("full-addons: helm_release.addons_drain is not installed")
    teardown._refuse_protected(full, dict.fromkeys(full.stacks, State()))
    drained = {"type": "helm_release", "mode": "managed", "instances": [{}]}
    installed = State({"resources": [{**drained, "name": name} for name in ("addons_drain", "kubeflow_drain")]})
    teardown._refuse_protected(full, dict.fromkeys(full.stacks, installed))


def test_a_state_names_what_it_has_in_aws() -> None:
    resource = {"type": "aws_vpc", "name": "this", "mode": "managed"}
    attributes = {
        "id": "vpc-1",
        "arn": "arn:aws:ec2:us-west-2:1:vpc/vpc-1",
        "name": "prod",
        "cidr_block": "10.0.0.0/16",
    }
    assert State({"resources": [{**resource, "instances": [{"attributes": attributes}]}]}).ids == {
        "vpc-1",
        "arn:aws:ec2:us-west-2:1:vpc/vpc-1",
        "prod",
    }


def test_the_identity_of_a_platform_follows_from_its_settings_and_json() -> None:
    found = identity_of(facts("storage"))
    assert (found.platform, found.cluster, found.owns_cluster) == ("storage", "storage", True)
    assert found.log_groups == ("/aws/eks/storage/cluster",)
    assert sorted(found.pull_prefixes) == ["storage/docker/", "storage/public/"]
    assert identity_of(facts("full")).zone_ids == ("Z0123456789ABCDEFGHIJ",)


def said(found: Found) -> tuple[bool, str]:
    printed = io.StringIO()
    lines = Console(file=printed, width=200)
    return report(StackRun(lines, lines, Signals()), found, "prod"), printed.getvalue()


def test_a_clean_account_says_that_nothing_is_left() -> None:
    assert said(Found((), (), ())) == (True, "\nprod: nothing is left\n")
    clean, text = said(Found((), (), ("EC2: needs ec2:DescribeVolumes",)))
    assert (clean, "nothing is left" in text) == (False, False)


def test_a_run_without_terminal_names_the_option() -> None:
    ended = CliRunner().invoke(app, ["teardown", "prod"])
    assert ended.exit_code == 1
    assert (
        ended.stderr
        == "teardown: no terminal for confirmation; without confirmation: kubeflow-aws teardown prod --yes\n"
    )


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The command on the platform `full` without synthesis, Terraform, cluster and account."""
    full = facts("full")
    stacks = [SimpleNamespace(name=name, platform="full", document=one) for name, one in full.stacks.items()]
    account = SimpleNamespace(search=lambda: Found((), (), ()), remove=lambda _: None)
    called: dict[str, Any] = {"destroyed": []}
    for name, value in {
        "synthesize": lambda: None,
        "read_stacks": lambda: stacks,
        "choose": lambda names: (stacks, stacks),
        "check_account": lambda *_: None,
        "prepare_all": lambda *_: {stack.name: State() for stack in stacks},
        "valid_platforms": lambda _: [full.platform],
        "refuse_locked": lambda _: None,
        "Account": SimpleNamespace(of=lambda *_: account),
        "_destroy": lambda run, every, own, *_: called.update(destroyed=own) is None,
    }.items():
        monkeypatch.setattr(teardown, name, value)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    return called


@pytest.mark.parametrize(("answer", "destroyed"), [("full", True), ("y", False), ("prod", False)])
def test_one_question_with_the_name_as_its_answer(
    stubbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, answer: str, destroyed: bool
) -> None:
    asked: list[str] = []

    def answered(self: Console, question: object) -> str:
        asked.append(str(question))
        return answer

    monkeypatch.setattr(Console, "input", answered)
    if destroyed:
        teardown.main("full", yes=False, drain=False)
    else:
        with pytest.raises(SystemExit) as ended:
            teardown.main("full", yes=False, drain=False)
        assert ended.value.code == 1
    assert asked == ["Type the platform's name (full) to tear it down: "]
    assert bool(stubbed["destroyed"]) == destroyed


def test_an_unknown_platform_names_the_known_ones(stubbed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"other: no such platform; main\.py has: full"):
        teardown.main("other", yes=True)


def test_an_id_that_is_not_a_leftover_stops_the_command_before_the_question(stubbed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="vol-1: not among the leftovers"):
        teardown.main("full", yes=True, drain=False, delete=["vol-1"])
    assert stubbed["destroyed"] == []


@pytest.mark.slow
def test_a_signal_ends_the_destroy_in_order_and_the_next_run_continues(tmp_path: Path) -> None:
    project = Project(tmp_path, "a", "b")
    (tmp_path / "program.py").write_text(PROGRAM)
    resource = {"mode": "managed", "type": "terraform_data", "name": "cluster", "instances": [{"attributes": {}}]}
    (tmp_path / "pulled.json").write_text(json.dumps({"resources": [resource]}))
    project.fake(ends_after=1)
    process = project.start("teardown", "a", "--yes", "--no-drain")
    wait_for(lambda: (tmp_path / "applying").exists())
    send(process, signal.SIGINT)
    assert process.wait(120) == 130, project.said()
    said = project.said()
    assert "SIGINT: Terraform starts nothing more and waits for 1 call(s) in flight" in said
    rows = [line.split() for line in said.splitlines()]
    assert [row[-1] for row in rows if row[:1] in (["a-cluster"], ["a-network"])] == [
        "data",  # the plan loses data
        "interrupted",
        "started",  # not
    ]
    assert "teardown: run the same command again; it continues from there." in said
    assert "nothing is left" not in said
    assert (tmp_path / "interrupts").read_text() == "1"

    shutil.rmtree(tmp_path / "bin")
    project.fake(ends_after=0)
    code, said = project.run("teardown", "a", "--yes", "--no-drain")
    assert code == 0, said
    assert said.index("a-cluster: planning") < said.index("a-network: planning")
    assert said.endswith("a: nothing is left\n")
    assert "b-network" not in said, "another platform is not touched"
