"""What a rehearsal finds: each kind has an id, and its text in docs/rehearse.md."""

from modules.checks.finding import Finding, Kind

SECOND_PLAN = Kind(
    "REH001",
    "error",
    "A second plan is not empty",
    "Directly after an apply, Terraform plans a change. Each deploy would repeat it, and hide real changes in it.",
    "compare the listed attributes with what AWS or the cluster returns; set the value that they return, or ignore the attribute",
)
LOSS = Kind(
    "REH002",
    "error",
    "An upgrade replaces or destroys what holds data",
    "The resource is of a type that holds data, or is a team. On AWS the data would be lost.",
    "keep the setting that forces the replacement, or move the data first: docs/state.md",
)
LEFT = Kind(
    "REH003",
    "error",
    "Destroy leaves resources",
    "After the last destroy, a state still lists resources, or AWS has resources that it did not have before the first apply.",
    "look up what created them; resources that no stack has any more must be removed by hand",
)
FAILED = Kind(
    "REH004",
    "error",
    "A step fails",
    "Terraform ends with an error, without an injected failure. The steps after it are not played.",
    "fix the error; on AWS the same apply would probably fail",
)
NOT_HEALED = Kind(
    "REH005",
    "error",
    "A failed step is not completed by the next one",
    "After an injected failure, the same command does not succeed, or the failure caused other errors than its own.",
    "an apply that is interrupted there needs manual work: docs/recovery.md",
)
REFUSED = Kind(
    "REH006",
    "error",
    "Synthesis refuses the upgrade",
    "After the apply of the other revision, `synth` of the working tree ends with an error, as it would in your project.",
    "the error names the way out: docs/state.md",
)
NO_FAULT = Kind(
    "REH007",
    "not checked",
    "No failure was injected into a step",
    "The step sends no request that can be refused, and changes no release; or the failure was not met.",
)

KINDS = (SECOND_PLAN, LOSS, LEFT, FAILED, NOT_HEALED, REFUSED, NO_FAULT)


def finding(kind: Kind, text: str, fix: str = "") -> Finding:
    """A finding of a kind, with the kind's fix unless there is a better one."""
    return Finding(kind.id, kind.severity, text, fix or kind.fix)
