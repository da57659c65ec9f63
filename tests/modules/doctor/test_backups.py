"""Kinds of resources that AWS Backup skips, since the account did not enable them."""

from modules.settings import Backup
from tests.modules.doctor.found import said
from tests.modules.settings.valid import on_kubeflow, platform
from tests.stand_ins.moto_extension import Server

BACKED_UP = on_kubeflow().with_changes(backup=Backup())


def test_kinds_are_enabled_by_the_command_that_is_printed(admin: str, aws: Server) -> None:
    assert said("backups", platform()) == []
    assert said("backups", platform(backup=Backup())) == ["ok: AWS Backup is enabled for EBS"]
    (error,) = said("backups", BACKED_UP)
    assert error.startswith("error: AWS Backup is not enabled for S3 in us-west-2 of this account")
    command = "aws backup update-region-settings --region us-west-2 --resource-type-opt-in-preference S3=true"
    assert error.endswith(command)
    aws.client("backup").update_region_settings(ResourceTypeOptInPreference={"S3": True})
    assert said("backups", BACKED_UP) == ["ok: AWS Backup is enabled for EBS, RDS, S3"]
