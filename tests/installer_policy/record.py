"""`python -m tests.installer_policy.record`: what real Terraform requests from AWS, written to two files, for review of their diff.

Plays the life cycles of tests/installer_policy/recorded_platforms.py on moto: about half an hour. Requires what `make test` requires:
Terraform with its AWS provider, and Kubeflow's charts.

- tests/installer_policy/requests.json: by stack and phase each request, and what IAM checks.
- modules/aws_data/installer_requests.json: by Terraform type and phase the same for any platform, from which policies are made.
"""

import tempfile
from pathlib import Path

from modules.installer_policy import measured
from tests.installer_policy import recorded_requests, shapes
from tests.installer_policy.lives import record_all
from tests.stand_ins.moto_extension import start


def main() -> None:
    """Record, and write both files."""
    with tempfile.TemporaryDirectory(prefix="recorded-") as folder:
        found = recorded_requests.rows(record_all(start(), Path(folder)))
    recorded_requests.FILE.write_text(recorded_requests.as_text(found), encoding="utf-8")
    shapes.write(found)
    print(f"{recorded_requests.FILE.name}, {measured.FILE.name}: written; review their diff")


if __name__ == "__main__":
    main()
