"""Credentials on their way: made in AWS Secrets Manager, read from there by whoever needs them.

    store = CredentialStore(self, "credentials", …, credentials=…, revision=kubeflow.services.credentials_version)
    database.password_wo = store.values.expression("{pipelines-database}")           # made here
    database.password_wo = store.values.expression(external(database.password_secret_arn))   # the user's own
    database.password_wo_version = kubeflow.services.credentials_version

`password_wo_version` of a reader must be raised with the version of the store: `credentials_version` is both.
"""

from collections.abc import Iterable, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack, Token
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_kubernetes.secret_v1 import SecretV1, SecretV1Metadata
from constructs import Construct

from modules.kms_key import KmsKey
from modules.kubeflow.secrets.credentials import Credential, NeededSecret
from modules.kubeflow.secrets.csi import credential_name, document_of
from modules.kubeflow.secrets.expressions import CredentialValues
from modules.naming import addressed, slug
from modules.security_scan import accepted
from modules.settings import Statement


class CredentialStore(Construct):
    """Passwords that Terraform lets Secrets Manager make up; neither plan nor state see them.

    Order that survives a half-finished apply: random value, secret version (write-only), and every reader reads that
    version by its id, which is known only once it is made. A random value handed to two places directly would differ
    in them after a failed apply.

    Args:
        platform_name: first part of the secrets' names.
        account_root_arn: for the key's policy (token).
        credentials: what to make.
        revision: raised, it makes every one anew: the version is replaced, and readers follow its id.
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
        revision: int,
        recovery_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._platform_name, self._revision = platform_name, revision
        self._recovery_days, self._protect = recovery_days, protect
        self.key = KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name="credentials",
            description=f"Encrypts the credentials of the platform {platform_name}",
            account_root_arn=account_root_arn,
            protect=protect,
        )
        self.versions: dict[str, dict[str, str]] = {}
        """Name to `arn` and `version_id` (references)."""
        for credential in credentials:
            name = slug(credential.name)
            TerraformStack.of(self).add_override(
                f"ephemeral.aws_secretsmanager_random_password.{name}",
                # punctuation breaks out of connection strings, and RDS refuses some of it
                {"password_length": credential.length, "exclude_punctuation": True},
            )
            value = f"${{ephemeral.aws_secretsmanager_random_password.{name}.random_password}}"
            self._keep(credential.name, credential.what, value, revision)
        self.values = CredentialValues(self, version=lambda name: self.versions[name])
        """What readers in the same stack take."""

    def add_document(self, secret: NeededSecret, values: CredentialValues) -> None:
        """Keep all keys of a Kubernetes Secret as one JSON object, for pods that fetch it themselves."""
        what = f"Secret {secret.name} of pods in the namespace {secret.namespace}"
        name, value = credential_name(secret.namespace, secret.name), values.expression(document_of(secret))
        self._keep(name, what, value, Token.as_number(values.revision(secret, self._revision)))

    def _keep(self, name: str, what: str, value: str, revision: float) -> None:
        secret = addressed(
            name,
            SecretsmanagerSecret(
                self,
                name,
                name=f"{self._platform_name}/{name}",
                description=what,
                kms_key_id=self.key.arn,
                recovery_window_in_days=self._recovery_days,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=self._protect),
            ),
        )
        accepted(secret, CKV2_AWS_57="Its readers take a new value when settings say so, not when a timer does.")
        version = addressed(
            name,
            SecretsmanagerSecretVersion(
                self,
                f"{name}-version",
                secret_id=secret.id,
                secret_string_wo=value,
                secret_string_wo_version=revision,
            ),
        )
        self.versions[name] = {
            "arn": f"${{aws_secretsmanager_secret.{secret.friendly_unique_id}.arn}}",
            "version_id": f"${{aws_secretsmanager_secret_version.{version.friendly_unique_id}.version_id}}",
        }


class ClusterSecrets(Construct):
    """Kubernetes Secrets made of credentials, written by `data_wo`: their content is not in the state.

    Args:
        secrets: what to make.
        values: fills the placeholders of their keys.
        version: of the credentials; raised with the store's, so that they are written again.
    """

    def __init__(
        self, scope: Construct, id_: str, *, secrets: Iterable[NeededSecret], values: CredentialValues, version: int
    ) -> None:
        super().__init__(scope, id_)
        self._secrets = list(secrets)
        self._values, self._version = values, version

    def write(self, component: str, depends_on: Sequence[ITerraformDependable]) -> list[SecretV1]:
        """The Secrets of one component.

        Args:
            component: an entry of the catalogue.
            depends_on: what makes their namespaces, and what must have run before their content is valid.
        """
        return [
            addressed(
                f"{secret.component}_{secret.name}",
                SecretV1(
                    self,
                    f"{secret.component}-{secret.name}",
                    metadata=SecretV1Metadata(name=secret.name, namespace=secret.namespace),
                    type=secret.type,
                    data_wo=self._values.expressions(secret.keys),
                    data_wo_revision=Token.as_number(self._values.revision(secret, self._version)),
                    depends_on=list(depends_on),
                ),
            )
            for secret in self._secrets
            if secret.component == component
        ]


def via_csi(secret_arns: Sequence[str], key_arn: str) -> tuple[Statement, ...]:
    """Rights of a pod that fetches secrets of the store: these ones, and the key for these alone.

    Versions are asked for by their id, so nothing is described.

    Args:
        secret_arns: whole ARNs of the secrets (tokens).
        key_arn: of the store's key (token).

    Source: https://github.com/aws/secrets-store-csi-driver-provider-aws/blob/main/provider/secrets_manager_provider.go,
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html (encryption context)
    """
    return (
        Statement(actions=("secretsmanager:GetSecretValue",), resources=tuple(secret_arns)),
        Statement(
            actions=("kms:Decrypt",),
            resources=(key_arn,),
            conditions={"StringEquals": {"kms:EncryptionContext:SecretARN": tuple(secret_arns)}},
        ),
    )
