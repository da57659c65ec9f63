"""Cognito user pool with a hosted sign-in page, for the users of one platform."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cognito_user import CognitoUser
from cdktf_cdktf_provider_aws.cognito_user_group import CognitoUserGroup
from cdktf_cdktf_provider_aws.cognito_user_in_group import CognitoUserInGroup
from cdktf_cdktf_provider_aws.cognito_user_pool import (
    CognitoUserPool,
    CognitoUserPoolAccountRecoverySetting,
    CognitoUserPoolAccountRecoverySettingRecoveryMechanism,
    CognitoUserPoolAdminCreateUserConfig,
    CognitoUserPoolAdminCreateUserConfigInviteMessageTemplate,
    CognitoUserPoolPasswordPolicy,
    CognitoUserPoolSoftwareTokenMfaConfiguration,
    CognitoUserPoolUserAttributeUpdateSettings,
    CognitoUserPoolUsernameConfiguration,
    CognitoUserPoolUserPoolAddOns,
)
from cdktf_cdktf_provider_aws.cognito_user_pool_client import (
    CognitoUserPoolClient,
    CognitoUserPoolClientTokenValidityUnits,
)
from cdktf_cdktf_provider_aws.cognito_user_pool_domain import CognitoUserPoolDomain
from constructs import Construct

from modules.naming import addressed, aws_name
from modules.platform_context import PlatformContext
from modules.settings.auth import Cognito, user_slug

MFA = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
THREAT_PROTECTION = {"off": None, "audit": "AUDIT", "enforced": "ENFORCED"}
SESSION_HOURS = 24
"""Validity of refresh tokens; equals the lifetime of oauth2-proxy's cookie."""


class CognitoSignIn(Construct):
    """A user pool, its sign-in page, and the app client of oauth2-proxy.

    The client has no secret, which the provider would store in state. PKCE replaces it, the only callback URL is the
    dashboard's, and its tokens cannot change user attributes: no scope grants that and no other flow is enabled.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: user pool settings.
        url: URL of the dashboard: https, or http on localhost.

    Raises:
        ValueError: Cognito does not support the callback URL.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: Cognito,
        url: str,
    ) -> None:
        super().__init__(scope, id_)
        if not url.startswith(("https://", "http://localhost:")):
            raise ValueError(f"{url}: Cognito redirects only to https, or to http://localhost; set such a URL")
        self._settings = settings
        self._pool = self._user_pool(context.platform_name, url, context.protect)
        self._client = self._app_client(context.platform_name, url)
        self._domain = addressed(
            "users",
            CognitoUserPoolDomain(
                self,
                "domain",
                domain=settings.custom_domain or settings.domain_prefix or "",
                certificate_arn=settings.certificate_arn,
                user_pool_id=self._pool.id,
            ),
        )
        self._people()
        self.user_pool_id = self._pool.id
        self.client_id = self._client.id
        self.issuer = f"https://{self._pool.endpoint}"
        self.domain = settings.custom_domain or self._domain_of_aws(context.account.region)
        """Host name of the sign-in page."""
        self.domain_target = self._domain.cloudfront_distribution if settings.custom_domain else ""
        """DNS target of a custom domain."""

    def _domain_of_aws(self, region: str) -> str:
        """Source: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html."""
        label = "auth-fips" if region.startswith("us-gov-") else "auth"
        return f"{self._settings.domain_prefix}.{label}.{region}.amazoncognito.com"

    def _user_pool(self, platform_name: str, url: str, protect: bool) -> CognitoUserPool:
        settings = self._settings
        watched = THREAT_PROTECTION[settings.threat_protection]
        return addressed(
            "users",
            CognitoUserPool(
                self,
                "pool",
                name=aws_name(platform_name, "users", limit=128),
                user_pool_tier="ESSENTIALS" if watched is None else "PLUS",
                deletion_protection="ACTIVE" if protect else "INACTIVE",
                username_attributes=["email"],
                username_configuration=CognitoUserPoolUsernameConfiguration(case_sensitive=False),
                auto_verified_attributes=["email"],
                # Kubeflow identifies users by email: a new address is used only after verification.
                user_attribute_update_settings=CognitoUserPoolUserAttributeUpdateSettings(
                    attributes_require_verification_before_update=["email"]
                ),
                account_recovery_setting=CognitoUserPoolAccountRecoverySetting(
                    recovery_mechanism=[
                        CognitoUserPoolAccountRecoverySettingRecoveryMechanism(name="verified_email", priority=1)
                    ]
                ),
                admin_create_user_config=CognitoUserPoolAdminCreateUserConfig(
                    allow_admin_create_user_only=not settings.self_sign_up,
                    invite_message_template=CognitoUserPoolAdminCreateUserConfigInviteMessageTemplate(
                        email_subject="Kubeflow: your invitation",
                        email_message=f"Sign in at {url} as {{username}} with the temporary password {{####}}",
                        sms_message="Kubeflow: {username}, temporary password {####}",
                    ),
                ),
                password_policy=CognitoUserPoolPasswordPolicy(
                    minimum_length=settings.password_length,
                    require_lowercase=True,
                    require_numbers=True,
                    require_symbols=True,
                    require_uppercase=True,
                    temporary_password_validity_days=settings.temporary_password_days,
                ),
                mfa_configuration=MFA[settings.mfa],
                software_token_mfa_configuration=CognitoUserPoolSoftwareTokenMfaConfiguration(enabled=True)
                if settings.mfa != "off"
                else None,
                user_pool_add_ons=CognitoUserPoolUserPoolAddOns(advanced_security_mode=watched)
                if watched is not None
                else None,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )

    def _app_client(self, platform_name: str, url: str) -> CognitoUserPoolClient:
        minutes = self._settings.id_token_minutes
        return addressed(
            "dashboard",
            CognitoUserPoolClient(
                self,
                "client",
                name=aws_name(platform_name, "dashboard", limit=128),
                user_pool_id=self._pool.id,
                generate_secret=False,
                allowed_oauth_flows_user_pool_client=True,
                allowed_oauth_flows=["code"],
                allowed_oauth_scopes=["email", "openid", "profile"],
                explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
                supported_identity_providers=["COGNITO"],
                callback_urls=[f"{url}/oauth2/callback"],
                logout_urls=[f"{url}/"],
                prevent_user_existence_errors="ENABLED",
                enable_token_revocation=True,
                id_token_validity=minutes,
                access_token_validity=minutes,
                refresh_token_validity=SESSION_HOURS,
                token_validity_units=[
                    CognitoUserPoolClientTokenValidityUnits(
                        id_token="minutes", access_token="minutes", refresh_token="hours"
                    )
                ],
            ),
        )

    def _people(self) -> None:
        """Cognito generates and sends the temporary password; it is not in Terraform."""
        users = {
            email: addressed(
                user_slug(email),
                CognitoUser(
                    self,
                    f"user-{user_slug(email)}",
                    user_pool_id=self._pool.id,
                    username=email,
                    attributes={"email": email, "email_verified": "true"},
                    desired_delivery_mediums=["EMAIL"],
                ),
            )
            for email in self._settings.users
        }
        for group in self._settings.groups:
            slug = user_slug(group.name)
            made = addressed(
                slug,
                CognitoUserGroup(self, f"group-{slug}", user_pool_id=self._pool.id, name=group.name),
            )
            for email in group.users:
                addressed(
                    f"{slug}_{user_slug(email)}",
                    CognitoUserInGroup(
                        self,
                        f"member-{slug}-{user_slug(email)}",
                        user_pool_id=self._pool.id,
                        group_name=made.name,
                        username=users[email].username,
                    ),
                )
