"""Commands of `kubeflow-aws`: their options and help.

A command is imported when it runs, so that help and completion load no cloud library.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.program import Program, print_version

app = typer.Typer(
    name="kubeflow-aws",
    cls=Program,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SETTINGS = "From main.py to generated/"
STACKS = "Terraform, stack after stack"
RUNNING = "A running platform"
OBJECTS = "Kubeflow's objects and images"

Kind = Literal["quickstart", "production", "existing-cluster", "hand-over", "hcp"]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document to standard output.")]
ExitCodeOption = Annotated[bool, typer.Option("--exit-code", help="Exit with 3 if there are differences.")]
PlatformName = Annotated[str | None, typer.Argument(help="One platform. Default: all platforms of generated/.")]
Context = Annotated[str | None, typer.Option(help="Kubeconfig context to use. Default: the AWS credentials.")]
Stacks = Annotated[
    list[str] | None,
    typer.Argument(metavar="STACKS", help="Names or globs: prod-cluster 'dev-*'. Default: all stacks."),
]
AutoApprove = Annotated[bool, typer.Option("--auto-approve", help="Apply without questions.")]


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Kubeflow on AWS as Terraform, described in Python."""


@app.command(rich_help_panel=SETTINGS)
def init(
    kind: Annotated[Kind | None, typer.Option(help="Kind of platform.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the platform, part of all names in AWS.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address of the first user.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Name of the existing EKS cluster.")] = None,
    cidr: Annotated[str | None, typer.Option(help="Network of the VPC. Default: 10.0.0.0/16.")] = None,
    admin: Annotated[
        list[str] | None, typer.Option(help="Cluster administrator, role/<name> or user/<name>; repeatable.")
    ] = None,
    public_access_cidr: Annotated[
        list[str] | None, typer.Option(help="Network that reaches the API server over the internet; repeatable.")
    ] = None,
    agent_cidr: Annotated[
        list[str] | None, typer.Option(help="Network of the HCP Terraform agent; repeatable.")
    ] = None,
    organization: Annotated[str | None, typer.Option(help="HCP Terraform organization.")] = None,
    project: Annotated[str | None, typer.Option(help="HCP Terraform project. Default: Default Project.")] = None,
    instance_type: Annotated[str | None, typer.Option(help="Instance type of the nodes.")] = None,
    zones: Annotated[str | None, typer.Option(metavar="NUMBER", help="Number of availability zones.")] = None,
    state_bucket: Annotated[str | None, typer.Option(help="S3 bucket of the Terraform state.")] = None,
    repo: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a repository: main.py, pinned version, CI, README.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    lookup: Annotated[
        bool | None,
        typer.Option(
            "--lookup/--no-lookup",
            help="Read caller, zones and instance types with the AWS credentials. Default: a question on a terminal.",
        ),
    ] = None,
    check_address: Annotated[
        bool | None,
        typer.Option(
            "--check-address/--no-check-address",
            help="Request this machine's public address from checkip.amazonaws.com. Default: a question on a terminal.",
        ),
    ] = None,
) -> None:
    """Write a main.py that synthesizes at once.

    Requests on a terminal what the options do not set. Without a terminal, an error names the missing options. Nothing is
    created in AWS.
    """
    from cli import init as command

    given = {
        **{"name": name, "region": region, "email": email, "cluster": cluster, "cidr": cidr},
        **{"admins": tuple(admin or ()), "public_access_cidrs": tuple(public_access_cidr or ())},
        **{"agent_cidrs": tuple(agent_cidr or ()), "organization": organization, "project": project},
        **{"instance_type": instance_type, "zones": zones, "state_bucket": state_bucket},
    }
    command.main(kind, given, repository=repo, force=force, look_up=lookup, check_address=check_address)


@app.command(rich_help_panel=SETTINGS)
def validate(as_json: AsJson = False) -> None:
    """Check the settings in main.py, and write nothing.

    All rules and warnings are checked, without synthesis.
    """
    from cli import validate as command

    command.main(as_json=as_json)


@app.command(rich_help_panel=SETTINGS)
def synth(as_json: AsJson = False) -> None:
    """Write generated/ from main.py, and print the next command.

    Charts that the cache lacks are rendered from upstream first; without access to upstream, synthesis continues without them.
    """
    from cli import synth as command

    command.main(as_json=as_json)


@app.command(rich_help_panel=SETTINGS)
def watch() -> None:
    """Write generated/ at each save of main.py.

    Prints what changed in the JSON, until Ctrl-C.
    """
    from cli import watch as command

    command.main()


@app.command(rich_help_panel=SETTINGS)
def doctor(
    platform: Annotated[str | None, typer.Argument(help="One platform. Default: all platforms of main.py.")] = None,
    check_address: Annotated[
        bool | None,
        typer.Option(
            "--check-address/--no-check-address",
            help="Request this machine's public address from checkip.amazonaws.com. Default: a question on a terminal.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check machine, AWS account and settings before an apply.

    Credentials, quotas, roles, programs and example values; each finding names its fix. Read-only. Exits with 1 if there is an error.
    """
    from cli import doctor as command

    command.main(platform, check_address=check_address, as_json=as_json)


@app.command(rich_help_panel=SETTINGS)
def check(
    platform: Annotated[str | None, typer.Argument(help="One platform. Default: all platforms of main.py.")] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION",
            help="Only this section, with its tables: fit, traffic, admission, images, ends, access, cost. Repeat for several. "
            "Default: all, without tables.",
        ),
    ] = None,
    teardown: Annotated[
        bool,
        typer.Option("--teardown", help="Instead: what a teardown destroys, in which order, and what remains."),
    ] = False,
    manifest: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Instead: whether the objects of a YAML file will run in the namespace of --team. Repeat for several.",
        ),
    ] = None,
    team: Annotated[
        str | None, typer.Option(metavar="NAME", help="Team of Kubeflow.teams that creates the objects of --manifest.")
    ] = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a report with tables and pictures, one HTML file.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown for a comment on a pull request instead.")
    ] = False,
    docs: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the page check.md that reports link to.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Day of the check, shown in reports. Default: today, not shown."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="REVISION", help="Also compare with the platforms of this git revision, such as main."),
    ] = None,
    prices: Annotated[
        bool,
        typer.Option(
            "--prices", help="Also show costs, with list and spot prices that are read from AWS (section cost)."
        ),
    ] = False,
) -> None:
    """Check offline whether a platform will run.

    Reads main.py and the rendered objects, and lists findings and what is not checked. Exits with 1 if there is an error.
    """
    from cli import check as command
    from cli.check_report import Reports

    if teardown and section:
        raise typer.BadParameter("--teardown and --section exclude each other")
    if bool(manifest) != bool(team):
        raise typer.BadParameter("--manifest and --team require each other")
    if manifest and (teardown or section or html or markdown or docs or date or against or prices):
        raise typer.BadParameter("--manifest can be combined with --team and --json only")
    if manifest and team:
        from cli import check_manifest

        check_manifest.main(platform, manifest, team, as_json=as_json)
        return
    if teardown and (against or prices):
        raise typer.BadParameter("--teardown excludes --against and --prices")
    if markdown and as_json:
        raise typer.BadParameter("--markdown and --json exclude each other")
    command.main(
        platform,
        section or (),
        as_json=as_json,
        teardown=teardown,
        reports=Reports(html, markdown, docs or ""),
        date=date,
        against=against,
        prices=prices,
    )


@app.command(rich_help_panel=SETTINGS)
def rehearse(
    platform: Annotated[str | None, typer.Argument(help="One platform. Default: all platforms of main.py.")] = None,
    revision: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="REVISION", help="Apply this git revision first, then upgrade it. Default: from nothing."
        ),
    ] = None,
    failures: Annotated[
        bool, typer.Option(help="Play a second life in which each step fails once and is repeated.")
    ] = True,
    charts: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder with published charts. Default: those of KUBEFLOW_UPSTREAM."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play apply, second plan, upgrade and destroy offline.

    Real Terraform and the real AWS provider work on stand-ins for AWS and the cluster, in a temporary folder. Exits with 1 if a step fails or is not
    completed by the next one, a second plan is not empty, data would be lost or a destroy leaves something. Requires the extra `kubeflow-aws[rehearse]`.
    """
    from cli import rehearse as command

    command.main(platform, revision=revision, failures=failures, charts=charts, as_json=as_json)


@app.command(rich_help_panel=SETTINGS)
def policy(
    platform: Annotated[str | None, typer.Argument(help="One platform. Default: all platforms of main.py.")] = None,
    stack: Annotated[
        str | None,
        typer.Option(help="One stack (prod-network), all (all stacks together), or boundary. Default: each."),
    ] = None,
    phase: Annotated[
        Literal["plan", "apply", "destroy"] | None, typer.Option(help="What Terraform does. Default: each.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Id of the AWS account in ARNs. Default: that of main.py, or any.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write a file for each policy.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make IAM policies for the role that runs Terraform.

    By stack and phase, from recorded requests of Terraform, narrowed to the platform's names and tag. They were never
    used in AWS. Without a choice of one stack and phase, prints their sizes.
    """
    from cli import policy as command

    command.main(platform, stack=stack, phase=phase, account=account, output=output, as_json=as_json)


@app.command(rich_help_panel=SETTINGS)
def export() -> None:
    """Pack platforms with State.none() as archives.

    Writes one archive per platform of generated/ into handover/, for an external Terraform pipeline.
    """
    from cli import export as command

    command.main()


@app.command("hcp-setup", rich_help_panel=SETTINGS)
def hcp_setup(
    platform: Annotated[
        str | None, typer.Argument(help="One platform. Default: all of main.py with State.hcp.")
    ] = None,
    agent_pool: Annotated[
        str | None, typer.Option(help='Agent pool of runner="hcp_agent". Default: the name of the platform.')
    ] = None,
    run_triggers: Annotated[
        bool, typer.Option("--run-triggers", help="An apply queues a run of the next stack.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Write. Without it, only print what is missing or different.")
    ] = False,
) -> None:
    """Set up project and workspaces in HCP Terraform.

    With execution modes, sharing of states, the variable set of the AWS roles, run triggers and the agent pool. Can be repeated:
    it removes nothing. The token is that of `terraform login`, or TF_TOKEN_<host>.
    """
    from cli import hcp as command

    command.main(platform, agent_pool=agent_pool, run_triggers=run_triggers, yes=yes)


@app.command("lock-providers", rich_help_panel=SETTINGS)
def lock_providers(
    stacks: Stacks = None,
    platform: Annotated[
        list[str] | None,
        typer.Option(help="Such as linux_amd64; repeatable. Default: Linux and macOS, amd64 and arm64."),
    ] = None,
    net_mirror: Annotated[str | None, typer.Option(help="URL of a provider network mirror.")] = None,
    fs_mirror: Annotated[Path | None, typer.Option(help="Folder made by `terraform providers mirror`.")] = None,
) -> None:
    """Write the provider lock file of each stack.

    Hashes of the Terraform providers for all platforms, in generated/stacks/*/.terraform.lock.hcl; commit them. Versions of
    existing lock files stay. Stacks with the same providers share one download.
    """
    from cli import lock_providers as command

    command.main(stacks or [], platforms=platform or [], net_mirror=net_mirror, fs_mirror=fs_mirror)


@app.command(rich_help_panel=SETTINGS)
def diagram(
    platform: Annotated[str | None, typer.Argument(help="The platform. Default: the only one of generated/.")] = None,
    output: Annotated[Path | None, typer.Option(help="File to write. Default: standard output.")] = None,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="Colours.")] = "light",
) -> None:
    """Draw a platform in AWS as SVG.

    Reads generated/: account, network, cluster, Kubeflow's components, databases and other services of the platform.
    """
    from cli import diagram as command

    command.main(platform, output, theme)


@app.command("import", rich_help_panel=SETTINGS)
def import_(
    cluster: Annotated[str, typer.Argument(help="Name of the EKS cluster.")],
    region: Annotated[str, typer.Option(help="Region of the cluster.")],
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Terraform state of the previous owner, from `terraform state pull`."),
    ] = None,
) -> None:
    """Read an existing VPC and cluster for import.

    Writes adopted/<cluster>.json and prints the settings to add to main.py, what stays with its owner, fields of AWS that no argument takes, and
    the commands that end the management by a previous Terraform configuration (--state) or by eksctl. Nothing is changed in AWS.
    """
    from cli import import_cluster as command

    command.main(cluster, region, state)


@app.command(rich_help_panel=SETTINGS)
def convert(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="Files of other tools; several make one platform.")
    ],
    output: Annotated[Path, typer.Option(metavar="FILE", help="The new main.py.")] = Path("main.py"),
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the report as Markdown, with a row for each key.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    live: Annotated[
        str | None,
        typer.Option(
            metavar="CLUSTER", help="Import this EKS cluster, which the files describe, in place of a new one."
        ),
    ] = None,
) -> None:
    """Write a main.py from the files of other tools.

    Reads ClusterConfig of eksctl, KfDef of kfctl, Terraform variables of awslabs/kubeflow-manifests and values of deployKF,
    and prints which keys map with a change, have no setting here, or must be done by hand. What the rules of the settings refuse gets a valid proposal or is left out. Nothing is created in AWS.
    """
    from cli import convert as command

    command.main(files, output=output, report=report, force=force, live=live)


@app.command(rich_help_panel=STACKS)
def diff(
    stacks: Stacks = None,
    as_json: AsJson = False,
    exit_code: ExitCodeOption = False,
    plans: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="Save the plans that can be applied now, for `deploy --plans`. Default: plan files are removed.",
        ),
    ] = None,
) -> None:
    """Plan stacks, and change nothing.

    Synthesizes, plans each stack and prints one table; replaced and destroyed resources by address, those that hold data in
    red. A stack that reads one that is not applied cannot be planned yet. With --plans, a stack also waits while one before it has
    changes.
    """
    from cli import diff as command

    command.main(stacks or [], as_json=as_json, exit_code=exit_code, plans=plans)


@app.command(rich_help_panel=STACKS)
def deploy(
    stacks: Stacks = None,
    auto_approve: AutoApprove = False,
    plans: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="Apply exactly the plans that `diff --plans` saved. Default: each stack is planned.",
        ),
    ] = None,
) -> None:
    """Apply stacks in order, after a question for each.

    Synthesizes and checks first. A stack reads the outputs of earlier ones, so each is planned when those are applied: one question for
    each stack with changes, and exactly that plan is applied. Platforms are applied one after another. Ctrl-C waits for
    calls in flight, and reports what is half-made.
    """
    from cli import deploy as command

    command.main(stacks or [], auto_approve=auto_approve, plans=plans)


@app.command(rich_help_panel=STACKS)
def destroy(
    stacks: Annotated[list[str], typer.Argument(metavar="STACKS", help="Names or globs: prod-teams 'dev-*'.")],
    auto_approve: AutoApprove = False,
) -> None:
    """Destroy stacks, the last one first.

    The same table and question as `deploy`; where data is lost, the answer is the platform's name.
    """
    from cli import destroy as command

    command.main(stacks, auto_approve=auto_approve)


@app.command(rich_help_panel=STACKS)
def teardown(
    platform: Annotated[str, typer.Argument(help="Name of the platform.")],
    yes: Annotated[bool, typer.Option("--yes", help="Without the question.")] = False,
    delete_volumes: Annotated[
        bool, typer.Option("--delete-volumes", help="Delete claims and snapshots of volumes, with their data.")
    ] = False,
    delete: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Delete this leftover first, as an earlier run listed it; repeatable."),
    ] = None,
    drain: Annotated[
        bool, typer.Option("--drain/--no-drain", help="Delete in the cluster what controllers made in AWS for.")
    ] = True,
    context: Context = None,
) -> None:
    """Take a platform down, and list what is left in AWS.

    Deletes in the cluster what has load balancers, nodes or volumes in AWS, waits, destroys all stacks, the last one first, and searches
    AWS by tags and names. Deletes what is left only where `--delete` names it. Ends with "nothing is left", or with 1 and the list.
    """
    from cli import teardown as command

    command.main(platform, yes=yes, delete_volumes=delete_volumes, drain=drain, context=context, delete=delete or ())


@app.command(rich_help_panel=STACKS)
def move_state(
    platform: Annotated[str, typer.Argument(help="Name of the platform in main.py.")],
    renamed_from: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the platform in generated/. Default: the same.")
    ] = None,
    commands: Annotated[bool, typer.Option("--commands", help="Print commands for a shell instead.")] = False,
    auto_approve: Annotated[bool, typer.Option("--auto-approve", help="Move without a question.")] = False,
) -> None:
    """Move states to where main.py says.

    For a changed `Platform.state`: another bucket or prefix, from local files to S3, from S3 to HCP Terraform and back. Copies the states of all
    stacks, plans each, and writes generated/ when every plan is empty; old states stay. For a changed name: shows what AWS would replace.
    """
    from cli import move_state as command

    command.main(platform, renamed_from=renamed_from, commands=commands, auto_approve=auto_approve)


@app.command(rich_help_panel=RUNNING)
def status(
    platform: PlatformName = None,
    context: Context = None,
    as_json: AsJson = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 3 if something is not ready.")] = False,
) -> None:
    """Show what runs, and what is not ready.

    Nodes, releases and their versions, pods, certificates, load balancer targets, and the address of the dashboard. Read-only.
    """
    from cli import status as command

    command.main(platform, context, as_json=as_json, exit_code=exit_code)


@app.command(rich_help_panel=RUNNING)
def accept(
    platform: Annotated[str, typer.Argument(help="The platform.")],
    team: Annotated[
        str, typer.Option(metavar="NAME", help="Team of Kubeflow.teams in whose namespace the checks run.")
    ],
    user: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL",
            help="Local user of Dex for the sign-in, with the password in KUBEFLOW_PASSWORD, or the generated one of Secrets Manager.",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Address of the dashboard. Default: that of the settings."),
    ] = None,
    context: Context = None,
    local: Annotated[
        bool,
        typer.Option("--local", help="Run the checks in this process, from where names of the cluster are reachable."),
    ] = False,
    wait_minutes: Annotated[float, typer.Option(help="How long each object may take to become ready.", min=0.1)] = 20.0,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write JUnit XML.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try what must work, and what must be refused.

    A Job in the namespace of a team signs in as a program, starts a notebook, runs a pipeline with its artifact in S3, a TrainJob and a
    trial of Katib, serves and calls a model, and tries what must be refused: data and Services of another team, public entries, privileged pods,
    foreign images, and the node's credentials. A user signs in from this machine. What is created is deleted at the end.
    """
    from cli import accept as command

    command.main(
        platform,
        team,
        user=user,
        address=address,
        context=context,
        local=local,
        wait_minutes=wait_minutes,
        junit_file=junit,
        as_json=as_json,
    )


@app.command(rich_help_panel=RUNNING)
def drift(
    platform: PlatformName = None,
    context: Context = None,
    restore: Annotated[
        str | None,
        typer.Option(metavar="NAMESPACE/RELEASE", help="Write the manifest of this release's differing objects."),
    ] = None,
    as_json: AsJson = False,
    exit_code: ExitCodeOption = False,
) -> None:
    """List objects that were deleted or changed manually.

    Compares the cluster with the manifests of its releases, which a plan does not do. Read-only.
    """
    from cli import drift as command

    if restore and as_json:
        raise typer.BadParameter("--restore and --json exclude each other")
    command.main(platform, context, restore, as_json=as_json, exit_code=exit_code)


@app.command(rich_help_panel=RUNNING)
def heal(
    platform: PlatformName = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without confirmation.")] = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Remove stale Helm records of an interrupted apply.

    They block the next apply. Lists the records and requests confirmation; objects are not changed. With --json and without --yes, nothing is removed.
    """
    from cli import heal as command

    command.main(platform, context, yes=yes, as_json=as_json)


@app.command(rich_help_panel=OBJECTS)
def vendor(
    update: Annotated[bool, typer.Option("--update", help="Write the lock instead of comparing with it.")] = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="Fetch only what the cache lacks; continue without upstream.")
    ] = False,
) -> None:
    """Render Kubeflow's objects from upstream into the cache.

    Compares them with the lock. Upstream is fetched with git at the pinned commits, or read from the folders that KUBEFLOW_UPSTREAM lists.
    """
    from cli import vendor as command

    if update and missing:
        raise typer.BadParameter("--update and --missing exclude each other")
    command.main(update=update, missing=missing)


@app.command(rich_help_panel=OBJECTS)
def inventory(
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the JSON document to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the components and installed objects of this version.

    The JSON document has releases, objects, owners and immutable fields, as `compare` reads them.
    """
    from cli import inventory as command

    command.main(output, as_json=as_json)


@app.command(rich_help_panel=OBJECTS)
def compare(
    base: Annotated[str, typer.Argument(help="The version before: an inventory file or a git revision.")],
    head: Annotated[str | None, typer.Argument(help="The version after. Default: the version of this program.")] = None,
    as_json: AsJson = False,
    exit_code: ExitCodeOption = False,
) -> None:
    """Compare the installed objects of two versions.

    The objects of a revision come from the cache; missing ones are rendered from that revision's upstream, as `vendor` does.
    Official charts are compared by version.
    """
    from cli import compare as command

    command.main(base, head, as_json=as_json, exit_code=exit_code)


@app.command(rich_help_panel=OBJECTS)
def image_copies(
    folder: Annotated[Path, typer.Option(help="Folder of the scripts.")] = Path("image-copies"),
) -> None:
    """Write scripts that copy images to ECR.

    For platforms with services.repositories.mirror. Running a script requires crane or skopeo, and ECR permissions.
    """
    from cli import image_copies as command

    command.main(folder)


@app.command(rich_help_panel=OBJECTS)
def team_rights() -> None:
    """Write the rights of team roles, for review.

    Derives them from the locked objects and writes modules/checks/team_rights.json, for development of this project.
    """
    from cli import team_rights as command

    command.main()
