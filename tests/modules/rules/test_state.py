"""Where the state lies."""

import pytest

from modules.rules import problems_of_all
from modules.settings import State
from tests.modules.settings.valid import KEY, Rows, platform

ROWS: Rows = {
    "local_absolute": (
        platform(state=State.local(folder="/var/state")),
        "state.folder: '/var/state' is outside of the project; give a folder relative to it, such as 'state'",
    ),
    "local_above": (
        platform(state=State.local(folder="../state")),
        "state.folder: '../state' is outside of the project; give a folder relative to it, such as 'state'",
    ),
    "local_at_home": (
        platform(state=State.local(folder="~/state")),
        "state.folder: '~/state' is outside of the project; give a folder relative to it, such as 'state'",
    ),
    "local_in_generated": (
        platform(state=State.local(folder="generated/state")),
        "state.folder: 'generated/state' is where generated files are written; give another folder, such as 'state'",
    ),
    "s3_bucket": (
        platform(state=State.s3(bucket="My_Bucket", region="us-west-2")),
        "state.bucket: 'My_Bucket' is not an S3 bucket name",
    ),
    "s3_region": (
        platform(state=State.s3(bucket="state", region="us-wset-2")),
        "state.region: 'us-wset-2' is no region: not an EKS region of aws, aws-us-gov, aws-cn; did you mean us-west-2, us-west-1, us-east-2?",
    ),
    "s3_key_prefix": (
        platform(state=State.s3(bucket="state", region="us-west-2", key_prefix="a b")),
        "state.key_prefix: 'a b' is not a key prefix of letters, digits, - _ and /",
    ),
    "s3_key_of_another_region": (
        platform(state=State.s3(bucket="state", region="us-east-1", kms_key_arn=KEY)),
        "state.kms_key_arn: the key is in us-west-2, and the bucket in us-east-1; S3 takes keys of the bucket's region",
    ),
    "s3_of_another_partition": (
        platform(state=State.s3(bucket="state", region="cn-north-1")),
        "state.region: cn-north-1 is in partition aws-cn, and us-west-2 in aws; give a bucket in the platform's partition",
    ),
    "hcp_prefix": (
        platform(state=State.hcp(organization="example", workspace_prefix="a/b")),
        "state.workspace_prefix: 'a/b' is not a prefix of up to 50 letters, digits, - and _ (a workspace's name ends at 90, the platform's part at 40)",
    ),
    "hcp_organization": (
        platform(state=State.hcp(organization="")),
        "state.organization: is empty; give it, or leave it out",
    ),
    "none_backend": (
        platform(state=State.none(backend="gopher")),
        "state.backend: Input should be 'none', 's3', 'http', 'azurerm', 'gcs', 'pg' or 'remote'; it is 'gopher'",
    ),
    "as_text": (
        platform(state="local"),
        "state: is none of the sections that may stand here; give State.local(…) or State.s3(…) or State.hcp(…) or State.none(…)",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]
