"""Credentials on their way: made in AWS Secrets Manager, read from there into Kubernetes Secrets."""

import re
from collections.abc import Iterable, Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_kubernetes.secret_v1 import SecretV1, SecretV1Metadata
from constructs import Construct

from modules.kms_key import KmsKey
from modules.kubeflow.credentials import Credential, NeededSecret
from modules.naming import addressed, slug
from modules.security_scan import accepted


class CredentialStore(Construct):
    """Passwords that Terraform lets Secrets Manager make up; neither plan nor state see them.

    Order that survives a half-finished apply: random value, secret version (write-only), and every reader reads that
    version by its id, which is known only once it is made. A random value handed to two places directly would differ
    in them after a failed apply.

    Args:
        platform_name: first part of the secrets' names.
        account_root_arn: for the key's policy (token).
        credentials: what to make.
        recovery_days: days in which a deleted secret can be had back; 0 lets a platform be made again at once.
        protect: refuse to destroy them and their key.

    Source: https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        account_root_arn: str,
        credentials: Sequence[Credential],
        recovery_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        key = KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name="credentials",
            description=f"Encrypts the credentials of the platform {platform_name}",
            account_root_arn=account_root_arn,
            protect=protect,
        )
        self.versions: dict[str, dict[str, str]] = {}
        """Name to `arn` and `version_id` (tokens)."""
        for credential in credentials:
            name = slug(credential.name)
            TerraformStack.of(self).add_override(
                f"ephemeral.aws_secretsmanager_random_password.{name}",
                # punctuation breaks out of connection strings, and RDS refuses some of it
                {"password_length": credential.length, "exclude_punctuation": True},
            )
            secret = addressed(
                name,
                SecretsmanagerSecret(
                    self,
                    credential.name,
                    name=f"{platform_name}/{credential.name}",
                    description=credential.what,
                    kms_key_id=key.arn,
                    recovery_window_in_days=recovery_days,
                    lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
                ),
            )
            accepted(secret, CKV2_AWS_57="Its readers take a new value when settings say so, not when a timer does.")
            version = addressed(
                name,
                SecretsmanagerSecretVersion(
                    self,
                    f"{credential.name}-version",
                    secret_id=secret.id,
                    secret_string_wo=f"${{ephemeral.aws_secretsmanager_random_password.{name}.random_password}}",
                    secret_string_wo_version=1,
                ),
            )
            self.versions[credential.name] = {"arn": secret.arn, "version_id": version.version_id}


class ClusterSecrets(Construct):
    """Kubernetes Secrets made of credentials, written by `data_wo`: their content is not in the state.

    Args:
        secrets: what to make.
        versions: expression of `map(object({arn, version_id}))` by credential name, in Terraform's language.
        depends_on: what makes their namespaces.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        secrets: Iterable[NeededSecret],
        versions: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id_)
        self.resources: dict[str, list[SecretV1]] = {}
        """Component to its Secrets."""
        self._read: set[str] = set()
        for secret in secrets:
            made = addressed(
                f"{secret.component}_{secret.name}",
                SecretV1(
                    self,
                    f"{secret.component}-{secret.name}",
                    metadata=SecretV1Metadata(name=secret.name, namespace=secret.namespace),
                    type=secret.type,
                    data_wo=self._data(secret.keys, versions),
                    data_wo_revision=1,
                    depends_on=list(depends_on),
                ),
            )
            self.resources.setdefault(secret.component, []).append(made)

    def _data(self, keys: Mapping[str, str], versions: str) -> dict[str, str]:
        return {
            key: "${" + re.sub(r"\{([a-z0-9-]+)\}", lambda found: self._value(found[1], versions), text) + "}"
            for key, text in keys.items()
        }

    def _value(self, credential: str, versions: str) -> str:
        """Reference to a credential's value; its ephemeral read is written once."""
        name = slug(credential)
        if credential not in self._read:
            self._read.add(credential)
            TerraformStack.of(self).add_override(
                f"ephemeral.aws_secretsmanager_secret_version.{name}",
                {
                    "secret_id": f'${{{versions}["{credential}"].arn}}',
                    "version_id": f'${{{versions}["{credential}"].version_id}}',
                },
            )
        return f"ephemeral.aws_secretsmanager_secret_version.{name}.secret_string"
