"""ECR: team repositories and pull-through cache."""

import json
from collections.abc import Mapping
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
)
from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_pull_through_cache_rule import EcrPullThroughCacheRule
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.iam.role import Iam
from modules.kms_key import KmsKey
from modules.naming import addressed, aws_name
from modules.platform_context import PlatformContext
from modules.security_scan import accepted
from modules.settings import Repositories
from modules.settings.repositories import UPSTREAM_PREFIXES

NAME = "images"
"""Terraform name of their key."""
UPSTREAM_URLS = {"docker.io": "registry-1.docker.io"}
"""Registry to its upstream host in ECR, if different."""


class ImageRepositories(Construct):
    """Repositories `<platform>/<name>`: nodes can pull; push is controlled by IAM.

    No repository policy is needed within an account.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: repository settings.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: Repositories,
    ) -> None:
        super().__init__(scope, id_)
        self.settings = settings
        self.urls: dict[str, str] = {}
        """Configured name to repository URL (token)."""
        key = None
        if settings.encryption == "KMS":
            key = KmsKey(
                self,
                "key",
                platform_name=context.platform_name,
                name=NAME,
                description=f"Encrypts the images of the platform {context.platform_name}",
                account_root_arn=context.account.root_arn,
                protect=context.protect,
            )
        for name in settings.names:
            repository = self._repository(f"{context.platform_name}/{name}", name, key, context.protect)
            self.urls[name] = repository.repository_url
            addressed(
                name,
                EcrLifecyclePolicy(
                    self, f"{name}-lifecycle", repository=repository.name, policy=json.dumps(self._lifecycle())
                ),
            )

    def _repository(self, full_name: str, name: str, key: KmsKey | None, protect: bool) -> EcrRepository:
        repository = addressed(
            name,
            EcrRepository(
                self,
                name,
                name=full_name,
                image_tag_mutability="IMMUTABLE" if self.settings.immutable_tags else "MUTABLE",
                image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
                encryption_configuration=[
                    EcrRepositoryEncryptionConfiguration(
                        encryption_type=self.settings.encryption, kms_key=key.arn if key is not None else None
                    )
                ],
                force_delete=self.settings.empty_on_destroy,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )
        if not self.settings.immutable_tags:
            accepted(repository, CKV_AWS_51="Configured by settings: immutable_tags=False.")
        if key is None:
            accepted(repository, CKV_AWS_136='Configured by settings: encryption="AES256".')
        return repository

    def _lifecycle(self) -> dict[str, Any]:
        """Expire untagged images by age, the rest by count: AWS requires the rule on all images last."""
        untagged = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": self.settings.untagged_days,
        }
        newest = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": self.settings.keep_images}
        return {
            "rules": [
                {"rulePriority": priority, "description": text, "selection": selection, "action": {"type": "expire"}}
                for priority, text, selection in (
                    (1, "Untagged images go by age", untagged),
                    (2, "The newest images stay", newest),
                )
            ]
        }


class PullThroughCache(Construct):
    """Pull-through cache rules, and permissions for nodes: a repository is created at the first pull.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: repository settings.
        node_role_names: node group, or EKS Auto Mode, to the name of its nodes' role; other roles must be given the policy manually.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: Repositories,
        node_role_names: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        registry = f"{context.account.account_id}.dkr.ecr.{context.account.region}.{context.account.dns_suffix}"
        self.prefixes: dict[str, str] = {}
        """Upstream registry to its replacement in image names (token)."""
        for one in settings.pull_through:
            prefix = f"{context.iam.name_prefix}/{UPSTREAM_PREFIXES[one.registry]}"
            rule = addressed(
                one.registry,
                EcrPullThroughCacheRule(
                    self,
                    one.registry,
                    ecr_repository_prefix=prefix,
                    upstream_registry_url=UPSTREAM_URLS.get(one.registry, one.registry),
                    credential_arn=one.credential_arn,
                ),
            )
            self.prefixes[one.registry] = f"{registry}/{rule.ecr_repository_prefix}"
        copies = [
            f"arn:{context.account.partition}:ecr:{context.account.region}:{context.account.account_id}:repository/{context.iam.name_prefix}/{prefix}/*"
            for prefix in (UPSTREAM_PREFIXES[one.registry] for one in settings.pull_through)
        ]
        self.policy_arn = self._rights(context.iam, copies)
        for group, role_name in node_role_names.items():
            addressed(
                f"{group}_pull_through",
                IamRolePolicyAttachment(self, f"{group}-rights", role=role_name, policy_arn=self.policy_arn),
            )

    def _rights(self, iam: Iam, copies: list[str]) -> str:
        """Permissions missing in the AWS managed policy for nodes.

        Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
        """
        document = addressed(
            "pull_through_rights",
            DataAwsIamPolicyDocument(
                self,
                "rights",
                statement=[
                    DataAwsIamPolicyDocumentStatement(
                        actions=["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], resources=copies
                    )
                ],
            ),
        )
        return addressed(
            "pull_through",
            IamPolicy(
                self,
                "policy",
                name=aws_name(iam.name_prefix, "pull-through", limit=128),
                path=iam.path,
                description="Copies images of other registries when they are first pulled",
                policy=document.json,
            ),
        ).arn
