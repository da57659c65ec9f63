"""What a run does: plan, wait for a yes, apply, each phase by its own AWS role."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.provider_mirror import COLLECTS_LESS
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import ChartFolders, Clusters, attached
from tests.terraform import Terraform

from .identity import NotTrustedError, credentials
from .jail import Jail, RunningProvider
from .records import Phase, Run
from .server import Api

PATIENCE_SECONDS = 60


@dataclass
class InCluster:
    """What answers in place of the Helm and Kubernetes providers, from outside of the jail.

    Args:
        clusters: API servers; they get the list of programs of the jail.
        charts: official charts, which Terraform would download.
    """

    clusters: Clusters
    charts: ChartFolders


class Runner:
    """Runs in jails below a folder.

    Args:
        folder: where jails are made.
        aws: moto, which the runs of workspaces with AWS_ENDPOINT_URL reach.
        cluster: in place of the providers of what is in the cluster; None: a stack without any.
        starts_provider: name of a workspace whose runs install and start the AWS provider, as all runs in HCP Terraform do.
    """

    def __init__(self, folder: Path, aws: Server, cluster: InCluster | None = None, starts_provider: str = "") -> None:
        self.folder, self.aws, self.cluster, self.starts_provider = folder, aws, cluster, starts_provider
        self.provider = RunningProvider(folder)
        self.api: Api

    def start(self, run: Run) -> None:
        """Begin; the run goes on by itself."""
        threading.Thread(target=self._run, args=(run,), daemon=True).start()

    def _run(self, run: Run) -> None:
        try:
            self._plan_and_apply(run)
        except BaseException:
            for phase in (run.plan, run.apply):
                if phase.status in {"pending", "running"}:
                    end(run, phase, "errored", "errored")
            raise
        finally:
            run.done.set()

    def _plan_and_apply(self, run: Run) -> None:
        assert run.upload.archive is not None, "a run of an upload that never came"
        jail = Jail(self.folder / run.id, run.upload.archive, self.provider.files)
        with self._attached(jail) as environment:
            environment |= self._environment(run, jail)
            planned = self._phase(run, run.plan, jail, environment)
            run.has_changes = planned == 2
            if planned not in (0, 2):
                return end(run, run.plan, "errored", "errored")
            if run.upload.speculative or not run.has_changes:
                return end(run, run.plan, "planned_and_finished", "finished")
            end(run, run.plan, "planned", "finished")
            if not run.confirmed.wait(PATIENCE_SECONDS):
                return None
            run.status = "applying"
            applied = self._phase(run, run.apply, jail, environment)
            run.apply.read.wait(
                PATIENCE_SECONDS
            )  # an early `errored` would look to the command line like a failed plan
            end(run, run.apply, "errored" if applied else "applied", "errored" if applied else "finished")

    def _environment(self, run: Run, jail: Jail) -> dict[str, str]:
        configuration = (
            self.api.services()
            + f'credentials "app.terraform.io" {{\n  token = "{run.token}"\n}}\n'
            + 'provider_installation {\n  filesystem_mirror {\n    path = "/plugins"\n  }\n}\n'
        )
        return {
            **self.api.variables_of(run.workspace),
            **COLLECTS_LESS,
            "TF_CLI_CONFIG_FILE": jail.write("cli.tfrc", configuration),
            "TF_FORCE_LOCAL_BACKEND": "1",
            "TF_IN_AUTOMATION": "1",
            "TFC_RUN_ID": run.id,
            "CHECKPOINT_DISABLE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _phase(self, run: Run, phase: Phase, jail: Jail, environment: dict[str, str]) -> int:
        name = "plan" if phase is run.plan else "apply"
        run.status, phase.status = ("planning" if name == "plan" else "applying"), "running"
        phase.write(b"Terraform v1.11.4\non linux_amd64\nInitializing plugins and modules...\n")
        variables = self.api.variables_of(run.workspace)
        if variables.get("TFC_AWS_PROVIDER_AUTH") == "true":
            try:
                role, token = credentials(run, name, self.aws, variables)
            except NotTrustedError as error:
                phase.write(f"Error: {error}\n".encode())
                return 1
            run.roles[name] = role
            environment |= {
                "AWS_ROLE_ARN": role,
                "AWS_ROLE_SESSION_NAME": run.id,
                "AWS_WEB_IDENTITY_TOKEN_FILE": jail.write("token", token),
            }
        if run.workspace.name == self.starts_provider:
            return self._commands(run, phase, jail, environment)
        with self.provider.serving(jail, environment) as with_provider:
            return self._commands(run, phase, jail, with_provider)

    def _commands(self, run: Run, phase: Phase, jail: Jail, environment: dict[str, str]) -> int:
        if phase is run.apply:
            return jail.run(("apply", "-input=false", "-no-color", "/runner/plan"), environment, phase.write)
        said: list[bytes] = []
        if jail.run(("init", "-input=false", "-no-color"), environment, said.append):
            phase.write(b"".join(said))
            return 1
        how = ("-destroy",) if run.settings.get("is-destroy") else ()
        arguments = ("plan", "-input=false", "-no-color", "-detailed-exitcode", "-out=/runner/plan", *how)
        return jail.run(arguments, environment, phase.write)

    @contextmanager
    def _attached(self, jail: Jail) -> Iterator[dict[str, str]]:
        if self.cluster is None:
            yield {}
            return
        self.cluster.clusters.programs = jail.programs
        with attached(Terraform(jail.work, ""), self.cluster.clusters, self.cluster.charts) as stack:
            yield {"TF_REATTACH_PROVIDERS": stack.environment["TF_REATTACH_PROVIDERS"]}


def end(run: Run, phase: Phase, status: str, of_phase: str) -> None:
    """Publish the end of a phase: first what the run is now, since the command line requests it as soon as the log ends."""
    run.status = status
    phase.end(of_phase)


def machine_environment() -> dict[str, str]:
    """This process's environment less all that could lead to a real account."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
