"""AWS Backup takes the kinds of resources that the plan selects."""

from collections.abc import Iterator

from modules.backup.selected import selected_types
from modules.doctor.account import Place
from modules.doctor.finding import Finding


def kinds_are_enabled(place: Place) -> Iterator[Finding]:
    """Each kind is enabled in this account and region; AWS Backup skips other resources without an error.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html#assigning-resources-opt-in
    """
    kinds = sorted(selected_types(place.platform))
    if not kinds:
        return
    enabled = place.aws.get("backup", "describe_region_settings")["ResourceTypeOptInPreference"]
    missing = [kind for kind in kinds if not enabled.get(kind, False)]
    if not missing:
        yield Finding("ok", f"AWS Backup is enabled for {', '.join(kinds)}")
        return
    wanted = ",".join(f"{kind}=true" for kind in missing)
    yield Finding(
        "error",
        f"AWS Backup is not enabled for {', '.join(missing)} in {place.platform.region} of this account, so that the plan skips them",
        f"aws backup update-region-settings --region {place.platform.region} --resource-type-opt-in-preference {wanted}",
    )
