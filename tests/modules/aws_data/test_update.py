from pathlib import Path
from typing import Any

import pytest

from modules.aws_data import update
from modules.aws_data.instance_types import CSV_FILE

INFO: dict[str, Any] = {
    "InstanceType": "x9.large",
    "VCpuInfo": {"DefaultVCpus": 2},
    "MemoryInfo": {"SizeInMiB": 4096},
    "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
    "BareMetal": False,
    "Hypervisor": "nitro",
    "EbsInfo": {"MaximumEbsAttachments": 27, "AttachmentLimitType": "shared"},
    "NetworkInfo": {
        "DefaultNetworkCardIndex": 1,
        "NetworkCards": [
            {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 7},
            {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 3},
        ],
        "Ipv4AddressesPerInterface": 10,
    },
}


def test_the_committed_table_is_what_moto_s_data_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / CSV_FILE.name
    update.main([], made)
    assert made.read_bytes() == CSV_FILE.read_bytes()
    assert "new: a1.2xlarge" in capsys.readouterr().out


def test_a_row_takes_the_interfaces_of_the_default_card() -> None:
    row = update.row(INFO)
    assert row is not None
    assert (row["name"], row["max_enis"], row["ipv4_per_eni"], row["architecture"]) == ("x9.large", "3", "10", "x86_64")
    assert row["gpus"] == ""


def test_bare_metal_has_no_hypervisor() -> None:
    row = update.row({**INFO, "BareMetal": True, "Hypervisor": ""})
    assert row is not None
    assert row["hypervisor"] == "bare-metal"


def test_a_mac_is_left_out() -> None:
    assert update.row({**INFO, "ProcessorInfo": {"SupportedArchitectures": ["arm64_mac"]}}) is None


def test_a_value_that_would_need_quoting_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x9\.large: the table format has no quoting"):
        update.row({**INFO, "Hypervisor": "nitro,xen"})


def test_an_account_adds_types_and_keeps_those_its_regions_lack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = update.row({**INFO, "InstanceType": "x8.large"})
    changed = update.row({**INFO, "InstanceType": "x10.large", "VCpuInfo": {"DefaultVCpus": 4}})
    assert old is not None
    assert changed is not None
    table = tmp_path / "types.csv"
    update.write({"x8.large": old, "x10.large": changed}, table)
    asked: list[str] = []

    def answer(regions: list[str]) -> list[dict[str, Any]]:
        asked.extend(regions)
        return [INFO, {**INFO, "InstanceType": "x10.large"}]

    monkeypatch.setattr(update, "from_account", answer)
    update.main(["--from-account", "us-west-2", "eu-west-1"], table)
    assert asked == ["us-west-2", "eu-west-1"]
    assert [line.split(",")[0] for line in table.read_text().splitlines()] == [
        "name",
        "x8.large",
        "x9.large",
        "x10.large",
    ]
    assert capsys.readouterr().out == "types.csv: 3 types\n  new: x9.large\n  removed: none\n  changed: x10.large\n"
