"""The AWS provider's log: which Terraform type each request was made for.

The provider gives each request an id, `amz-sdk-invocation-id`, which the stand-in of AWS gets as a header, and logs it at the level
DEBUG together with the type.
"""

import re
from pathlib import Path

ENTRY = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", re.MULTILINE)
INVOCATION = re.compile(r"http\.request\.header\.amz_sdk_invocation_id=(?P<id>[0-9a-f-]+)")
KINDS = {
    "resource": re.compile(r"tf_resource_type=(\w+)"),
    "data": re.compile(r"tf_data_source_type=(\w+)"),
    "ephemeral": re.compile(r"tf_ephemeral_resource_type=(\w+)"),
}
PROVIDER = "provider"
"""In place of a Terraform type: what the provider requests when it is configured."""


def kinds_by_invocation(log: Path) -> dict[str, str]:
    """Id of a request to the Terraform type that it was made for: `resource.aws_vpc`, `data.aws_vpc`, or PROVIDER.

    Args:
        log: what Terraform wrote with TF_LOG_PROVIDER=DEBUG to TF_LOG_PATH.
    """
    text = log.read_text(encoding="utf-8", errors="replace")
    starts = [match.start() for match in ENTRY.finditer(text)]
    found = {}
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        entry = text[start:end]
        request = INVOCATION.search(entry)
        if request is not None:
            found[request["id"]] = _kind(entry)
    return found


def _kind(entry: str) -> str:
    for section, pattern in KINDS.items():
        if match := pattern.search(entry):
            return f"{section}.{match[1]}"
    return PROVIDER
