"""Service Quotas: moto knows those of vpc alone; here are those that a platform counts against, with AWS's defaults.

The account is one that has run for a while: support has raised its vCPUs of standard instances.
"""

import json
from typing import Any

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend, servicequotas_backends
from moto.servicequotas.responses import ServiceQuotasResponse

from . import ACCOUNT

DEFAULTS: dict[tuple[str, str], float] = {
    ("ec2", "L-0263D0A3"): 5,
    ("ec2", "L-1216C47A"): 5,
    ("ec2", "L-34B43A08"): 5,
    ("ec2", "L-DB2E81BA"): 0,
    ("ec2", "L-3819A6DF"): 0,
    ("ec2", "L-417A185B"): 0,
    ("ec2", "L-7212CCBC"): 0,
    ("ec2", "L-2C3B7624"): 0,
    ("ec2", "L-6B0D517C"): 0,
    ("ec2", "L-1945791B"): 0,
    ("eks", "L-1194D53C"): 100,
    ("eks", "L-6D54EA21"): 30,
    ("rds", "L-7B6409FD"): 40,
    ("rds", "L-952B80B8"): 40,
    ("elasticloadbalancing", "L-53DA6B97"): 50,
    ("elasticloadbalancing", "L-69A177A2"): 50,
}
"""Service and code to the value in a new account.

Source: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""
RAISED: dict[tuple[str, str], float] = {("ec2", "L-1216C47A"): 1152, ("ec2", "L-34B43A08"): 1152}
moto_get = ServiceQuotasBackend.get_service_quota


def set_quota(service: str, code: str, value: float | None, region: str = "us-west-2") -> None:
    """Apply a value; None: none was ever applied, so that only the default can be read."""
    _applied(servicequotas_backends[ACCOUNT][region])[service, code] = value


def _applied(backend: ServiceQuotasBackend) -> dict[tuple[str, str], float | None]:
    found: dict[tuple[str, str], float | None] = backend.__dict__.setdefault("applied", {**DEFAULTS, **RAISED})
    return found


def get_service_quota(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html."""
    if (service_code, quota_code) not in _applied(self):
        return moto_get(self, service_code, quota_code)
    value = _applied(self)[service_code, quota_code]
    if value is None:
        raise NoSuchResource
    return _quota(service_code, quota_code, value)


def get_aws_default_service_quota(self: ServiceQuotasResponse) -> str:
    """https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetAWSDefaultServiceQuota.html."""
    wanted = json.loads(self.body)
    key = wanted["ServiceCode"], wanted["QuotaCode"]
    if key not in DEFAULTS:
        return json.dumps({"Quota": moto_get(self.backend, *key)})
    return json.dumps({"Quota": _quota(*key, DEFAULTS[key])})


def _quota(service: str, code: str, value: float) -> dict[str, Any]:
    return {"ServiceCode": service, "QuotaCode": code, "Value": value, "Adjustable": True}


def install() -> None:
    """Put the quotas into moto."""
    setattr(ServiceQuotasBackend, get_service_quota.__name__, get_service_quota)
    setattr(ServiceQuotasResponse, get_aws_default_service_quota.__name__, get_aws_default_service_quota)
