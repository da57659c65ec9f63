"""`kubeflow-aws accept`: what must work on a running platform, and what must be refused, tried as a user and as a program."""

import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from cli.heal import chosen
from cli.main_file import valid_platforms
from cli.program import ExitCode
from cli.written_file import write_file
from modules.acceptance.junit import junit
from modules.acceptance.program.outcome import Outcome
from modules.acceptance.program.running import outcomes
from modules.acceptance.program.world import World
from modules.acceptance.reading import read_platform
from modules.acceptance.run import in_cluster, in_this_process, program_token
from modules.acceptance.user import Program, User, checks
from modules.errors import printable
from modules.kubeflow.auth.dex_config import password_credential
from modules.live.api import Api, renewed
from modules.live.aws import session_of
from modules.live.target import Target
from modules.settings import Dex, NoAuth, Platform

PASSWORD = "KUBEFLOW_PASSWORD"


def main(
    platform: str,
    team: str,
    *,
    user: str | None = None,
    address: str | None = None,
    context: str | None = None,
    local: bool = False,
    wait_minutes: float = 20.0,
    junit_file: Path | None = None,
    as_json: bool = False,
) -> None:
    """Run all checks, and print a row for each as soon as it ends.

    Args:
        platform: its name.
        team: team in whose namespace they run.
        user: e-mail address of a local user of Dex; None: no sign-in of a user.
        address: URL of the dashboard; None: that of the settings.
        context: kubeconfig context; None: the AWS credentials.
        local: in this process instead of a Job.
        wait_minutes: for each object to become ready.
        junit_file: also write JUnit XML.
        as_json: as one JSON document.

    Raises:
        ValueError: there is no such platform or team, no password, or the cluster rejects a request.
        SystemExit: a check failed.
    """
    (settings,) = valid_platforms(platform, as_json=as_json)
    (target,) = chosen(platform)
    connect = renewed(target, context)
    world = read_platform(settings, team, f"accept-{secrets.token_hex(3)}", connect(), wait_minutes)
    console = Console(stderr=as_json)
    found: list[Outcome] = []
    console.print(f"{platform}: {world.run} in {team}; nothing of the run remains at its end")
    inside = in_this_process(world, connect()) if local else in_cluster(world, connect)
    for outcome in chain(_from_outside(settings, target, world, connect(), user, address), inside):
        _show(console, outcome, found)
    if junit_file is not None:
        write_file(junit_file, junit(platform, found), "choose another file with --junit")
    if as_json:
        print(json.dumps({platform: [asdict(one) for one in found]}, indent=2))
    else:
        _print_table(console, found)
    if any(one.status == "failed" for one in found):
        sys.exit(ExitCode.PROBLEM)


def _from_outside(
    settings: Platform, target: Target, world: World, api: Api, email: str | None, address: str | None
) -> Iterator[Outcome]:
    """Checks of a browser and of a program.

    Raises:
        ValueError: the user's password is not available, or the API server issues no token.
        UnreachableError: the API server does not answer.
    """
    address = (address or target.dashboard_url or "").rstrip("/")
    auth = settings.kubeflow.auth if settings.kubeflow is not None else None
    user = User(address, email, _password(target, email), world.team) if email and isinstance(auth, Dex) else None
    accepted = settings.kubeflow is not None and settings.kubeflow.machine_tokens
    program = Program(address, world.team, program_token(api, world.team) if address else "", accepted)
    every = checks(user or User(address, "", "", world.team), program)
    skip = {}
    if not address:
        skip = dict.fromkeys(
            every, "the platform has no address; port-forward the gateway, and set --address http://localhost:8080"
        )
    elif isinstance(auth, NoAuth):
        skip = dict.fromkeys(every, f"there is no sign-in: NoAuth makes every request one of {auth.user}")
    else:
        if "program-sign-in" in world.skip:
            skip["program-from-outside"] = world.skip["program-sign-in"]
        if user is None:
            skip["user-sign-in"] = (
                "a password is required: --user with a local user of Dex"
                if isinstance(auth, Dex)
                else "the issuer is not Dex"
            )
    yield from outcomes(every, skip)


def _password(target: Target, email: str) -> str:
    """The user's password: from the environment, or the generated one of Secrets Manager.

    Raises:
        ValueError: neither.
    """
    if given := os.environ.get(PASSWORD):
        return given
    name = f"{target.platform}/{password_credential(email)}"
    try:
        store = session_of(target.region, target.role_arn, target.external_id).client("secretsmanager")
        return str(store.get_secret_value(SecretId=name)["SecretString"])
    except (ClientError, BotoCoreError) as error:
        raise ValueError(f"{name}: Secrets Manager does not return the password ({error}); set {PASSWORD}") from error


def _show(console: Console, outcome: Outcome, found: list[Outcome]) -> None:
    # an answer of the cluster can hold control characters, which XML refuses
    found.append(replace(outcome, text=printable(outcome.text)))
    console.print(f"  {outcome.status:7} {outcome.id} ({outcome.seconds:.0f} s)", markup=False, highlight=False)


def _print_table(console: Console, found: list[Outcome]) -> None:
    table = Table("check", "result", "what was found", box=None, pad_edge=False)
    for one in found:
        table.add_row(one.title, one.status, one.text)
    console.print()
    console.print(table, markup=False)
    counts = {status: sum(one.status == status for one in found) for status in ("passed", "failed", "skipped")}
    console.print("\n" + ", ".join(f"{number} {status}" for status, number in counts.items()))
