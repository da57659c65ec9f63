"""Where the state is stored."""

from modules.settings import ExistingCluster, Import, ImportedResource, State
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KEY, on_kubeflow, platform

VPC = ImportedResource(type="aws_vpc", name="this", id="vpc-0123456789abcdef0", arguments={})

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
    "s3_external_id_without_a_role": (
        platform(state=State.s3(bucket="state", region="us-west-2", assume_role_external_id="kubeflow")),
        "state.assume_role_external_id: assume_role_arn",
    ),
    "s3_role_that_is_a_user": (
        platform(
            state=State.s3(bucket="state", region="us-west-2", assume_role_arn="arn:aws:iam::444455556666:user/state")
        ),
        "state.assume_role_arn: role",
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
    "none_backend_of_a_module": (
        platform(state=State.none(form="module", backend="s3")),
        'state.backend: form="root"',
    ),
    "none_import_in_a_module": (
        platform(
            network=None,
            cluster=ExistingCluster(name="shared"),
            imported=Import(resources=(VPC,)),
            state=State.none(form="module"),
        ),
        'imported: form="root"',
    ),
    "none_sign_in_of_a_module": (
        on_kubeflow(provider_auth="exec").with_changes(state=State.none(form="module")),
        'kubeflow.provider_auth: form="root"',
    ),
    "as_text": (
        platform(state="local"),
        "state: here",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
