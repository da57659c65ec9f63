"""Cognito: what a user pool and its domain say of themselves.

moto leaves a pool without a feature plan, where Cognito gives it Essentials, and does not say which certificate a domain has,
so that the provider would replace the domain at every apply.
"""

from typing import Any

from moto.cognitoidp.models import CognitoIdpUserPool, CognitoIdpUserPoolDomain
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import EmptyResult

FIXED = ("AliasAttributes", "UserPoolTags", "UsernameAttributes", "UsernameConfiguration")
"""What an update does not name, and does not change."""
moto_update_extended_config = CognitoIdpUserPool.update_extended_config
moto_to_json = CognitoIdpUserPoolDomain.to_json


def update_extended_config(self: CognitoIdpUserPool, extended_config: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html."""
    before = getattr(self, "extended_config", {})
    fixed = {name: before[name] for name in FIXED if name in before}
    moto_update_extended_config(self, {"UserPoolTier": "ESSENTIALS", **fixed, **(extended_config or {})})


def to_json(self: CognitoIdpUserPoolDomain, extended: bool = True) -> dict[str, Any]:
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DomainDescriptionType.html."""
    found: dict[str, Any] = moto_to_json(self, extended)
    return (
        {**found, "CustomDomainConfig": self.custom_domain_config} if extended and self.custom_domain_config else found
    )


def tag_resource(self: CognitoIdpResponse) -> EmptyResult:
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TagResource.html."""
    _tags(self).update(self.parameters["Tags"])
    return EmptyResult()


def untag_resource(self: CognitoIdpResponse) -> EmptyResult:
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UntagResource.html."""
    for key in self.parameters["TagKeys"]:
        _tags(self).pop(key, None)
    return EmptyResult()


def _tags(response: CognitoIdpResponse) -> dict[str, str]:
    pool = response.backend.describe_user_pool(response.parameters["ResourceArn"].rpartition("/")[2])
    tags: dict[str, str] = pool.extended_config.setdefault("UserPoolTags", {})
    return tags


def install() -> None:
    """Put the repairs into moto."""
    setattr(CognitoIdpUserPool, update_extended_config.__name__, update_extended_config)
    setattr(CognitoIdpUserPoolDomain, to_json.__name__, to_json)
    for operation in (tag_resource, untag_resource):
        setattr(CognitoIdpResponse, operation.__name__, operation)
