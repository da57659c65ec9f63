"""Run-time behaviour: it activates and measures models of teams, and looks up their images."""

from modules.iam.policy_context import PolicyContext, needed
from modules.kubeflow.behaviour import Behaviour
from modules.settings.service_account_role import Statement


def knative_images(context: PolicyContext) -> tuple[Statement, ...]:
    """Reads manifests in the platform's repositories, to find the digest of a tag; layers are pulled by nodes.

    The first look-up of an image of a pull-through cache creates its repository.

    Source: https://knative.dev/docs/serving/tag-resolution/
    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
    """
    prefix = needed("knative-images", "repository_prefix", context.repository_prefix)
    copies = tuple(context.arn("ecr", f"repository/{prefix}/{one}/*") for one in context.cached_registries)
    return (
        Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)),
        Statement(actions=("ecr:BatchGetImage",), resources=(context.arn("ecr", f"repository/{prefix}/*"),)),
        *(
            (Statement(actions=("ecr:BatchImportUpstreamImage", "ecr:CreateRepository"), resources=copies),)
            if copies
            else ()
        ),
    )


BEHAVIOUR = Behaviour(
    "knative-serving",
    external_services=("ecr",),
    without_services="default",
    policies={"knative-images": knative_images},
    calls_teams=True,
)
