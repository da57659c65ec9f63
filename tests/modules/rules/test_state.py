"""Where the state lies."""

from modules.settings import State
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KEY, platform

ROWS: Rows = {
    "local_absolute": (
        platform(state=State.local(folder="/var/state")),
        "state.folder: var/state",
    ),
    "local_above": (
        platform(state=State.local(folder="../state")),
        "state.folder: outside",
    ),
    "local_at_home": (
        platform(state=State.local(folder="~/state")),
        "state.folder: outside",
    ),
    "local_in_generated": (
        platform(state=State.local(folder="generated/state")),
        "state.folder: generated/state",
    ),
    "s3_bucket": (
        platform(state=State.s3(bucket="My_Bucket", region="us-west-2")),
        "state.bucket: My_Bucket",
    ),
    "s3_region": (
        platform(state=State.s3(bucket="state", region="us-wset-2")),
        "state.region: aws-us-gov",
    ),
    "s3_key_prefix": (
        platform(state=State.s3(bucket="state", region="us-west-2", key_prefix="a b")),
        "state.key_prefix: letters",
    ),
    "s3_key_of_another_region": (
        platform(state=State.s3(bucket="state", region="us-east-1", kms_key_arn=KEY)),
        "state.kms_key_arn: us-east-1",
    ),
    "s3_of_another_partition": (
        platform(state=State.s3(bucket="state", region="cn-north-1")),
        "state.region: cn-north-1",
    ),
    "hcp_prefix": (
        platform(state=State.hcp(organization="example", workspace_prefix="a/b")),
        "state.workspace_prefix: workspace",
    ),
    "hcp_organization": (
        platform(state=State.hcp(organization="")),
        "state.organization: empty",
    ),
    "none_backend": (
        platform(state=State.none(backend="gopher")),
        "state.backend: azurerm",
    ),
    "as_text": (
        platform(state="local"),
        "state: here",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
