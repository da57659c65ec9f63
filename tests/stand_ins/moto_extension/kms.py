"""KMS: the rotation period, which moto neither keeps nor returns."""

import json
from typing import Any

from moto.kms.responses import KmsResponse

moto_enable_key_rotation = KmsResponse.enable_key_rotation
moto_get_key_rotation_status = KmsResponse.get_key_rotation_status


def enable_key_rotation(self: KmsResponse) -> str:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html."""
    answer = moto_enable_key_rotation(self)
    _key(self).rotation_period_days = self._get_int_param("RotationPeriodInDays", 365)
    return answer


def get_key_rotation_status(self: KmsResponse) -> str:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html."""
    status = json.loads(moto_get_key_rotation_status(self))
    if status["KeyRotationEnabled"]:
        status["RotationPeriodInDays"] = getattr(_key(self), "rotation_period_days", 365)
    return json.dumps(status)


def _key(response: KmsResponse) -> Any:
    return response.kms_backend.keys[response.kms_backend.get_key_id(response._get_param("KeyId"))]


def install() -> None:
    """Put the repairs into moto."""
    for operation in (enable_key_rotation, get_key_rotation_status):
        setattr(KmsResponse, operation.__name__, operation)
