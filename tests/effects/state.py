"""What the settings of the state do: where a stack's own state is, and how it reads that of another."""

from typing import Any

from modules.settings import State
from tests.documents import GONE
from tests.effects import BASE, Effect, Expected

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
ROLE = "arn:aws:iam::444455556666:role/state"
REMOTE = "cluster data terraform_remote_state network config"
CLOUD = "cluster terraform cloud"
S3_BACKEND = "cluster terraform backend s3"
BUCKET = f"{S3_BACKEND} bucket"


def state(does: dict[str, Expected], before: Any, after: Any) -> Effect:
    return Effect(BASE.with_changes(state=after), does, BASE.with_changes(state=before))


def s3(**changes: Any) -> Any:
    return State.s3(**{"bucket": "example-state", "region": "us-west-2", **changes})


def hcp(**changes: Any) -> Any:
    return State.hcp(**{"organization": "example", **changes})


EFFECTS = (
    state(
        {"Platform.state": {BUCKET: "example-state", "cluster terraform backend local": GONE}},
        State.local(),
        s3(),
    ),
    state(
        {
            "LocalState.folder": {
                "cluster terraform backend local path": "../../../kept/here/base-cluster.tfstate",
                f"{REMOTE} path": "../../../kept/here/base-network.tfstate",
            }
        },
        State.local(),
        State.local(folder="kept/here"),
    ),
    state(
        {
            "S3State.bucket": {BUCKET: "other-state", f"{REMOTE} bucket": "other-state"},
            "S3State.region": {f"{S3_BACKEND} region": "eu-west-1", f"{REMOTE} region": "eu-west-1"},
            "S3State.kms_key_arn": {f"{S3_BACKEND} kms_key_id": KEY, f"{REMOTE} kms_key_id": KEY},
            "S3State.key_prefix": {
                f"{S3_BACKEND} key": "team/ml/base/cluster.tfstate",
                f"{REMOTE} key": "team/ml/base/network.tfstate",
            },
        },
        s3(),
        s3(bucket="other-state", region="eu-west-1", kms_key_arn=KEY, key_prefix="team/ml"),
    ),
    state(
        {
            "S3State.assume_role_arn": {
                f"{S3_BACKEND} assume_role role_arn": ROLE,
                f"{REMOTE} assume_role role_arn": ROLE,
            },
            "S3State.assume_role_external_id": {
                f"{S3_BACKEND} assume_role external_id": "kubeflow",
                f"{REMOTE} assume_role external_id": "kubeflow",
            },
        },
        s3(),
        s3(assume_role_arn=ROLE, assume_role_external_id="kubeflow"),
    ),
    state(
        {
            "HcpState.organization": {f"{CLOUD} organization": "other", f"{REMOTE} organization": "other"},
            "HcpState.project": {f"{CLOUD} workspaces project": "kubeflow"},
            "HcpState.workspace_prefix": {
                f"{CLOUD} workspaces name": "ml-base-cluster",
                f"{REMOTE} workspaces name": "ml-base-network",
            },
            "HcpState.hostname": {f"{CLOUD} hostname": "tfe.example.com", f"{REMOTE} hostname": "tfe.example.com"},
        },
        hcp(),
        hcp(organization="other", project="kubeflow", workspace_prefix="ml-", hostname="tfe.example.com"),
    ),
    state(
        {"NoState.backend": {"cluster terraform backend": {"http": {}}}},
        State.none(),
        State.none(backend="http"),
    ),
    state(
        {
            "NoState.form": {
                "cluster provider": GONE,
                "cluster locals aws_providers 0 region": "us-west-2",
                "cluster data aws_region provider lifecycle postcondition 0 condition": "${self.id == local.aws_providers[0].region}",
            }
        },
        State.none(),
        State.none(form="module"),
    ),
)
