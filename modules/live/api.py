"""Client of a cluster's API server for commands: reads, and changes of one object.

Authenticates like Terraform: an EKS token from the current AWS credentials, or a kubeconfig context.

The client of Kubernetes is imported with the first connection: its 860 modules take 0.2 s, and `deploy`, `diff` and `destroy` rarely
need a cluster.
"""

import base64
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import urllib3
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from botocore.signers import RequestSigner  # type: ignore[import-untyped]

from modules.live.aws import session_of
from modules.live.target import Target

TIMEOUT_SECONDS = 30
TOKEN_SECONDS = 600
"""How long a connection is used: a token of EKS is valid for 15 minutes."""
_ONLY_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json"


class UnreachableError(ValueError):
    """The cluster or its API server is unreachable."""


class MissingClusterError(ValueError):
    """The cluster does not exist."""


class MissingObjectError(ValueError):
    """An object that is to be changed does not exist."""


class Reader(Protocol):
    """Read access to a cluster."""

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The object at a path, or None."""


class Api:
    """Requests to one API server.

    Args:
        connection: with address and credentials.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def address(self) -> str:
        """URL of the API server."""
        return str(self._connection.configuration.host)

    @property
    def ca_file(self) -> str | None:
        """File with the certificate of its authority; None: one of the system's."""
        return self._connection.configuration.ssl_ca_cert or None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The object at a path, or None.

        Args:
            path: `/api/v1/namespaces/default`.
            query: query parameters.

        Raises:
            UnreachableError: no answer.
            ValueError: the request is rejected.
        """
        return self._call("GET", path, query, {"Accept": "application/json"}, None)

    def metadata(self, path: str, query: Mapping[str, str] | None = None) -> list[Any]:
        """Metadata of all objects of a list, without content."""
        answer = self._call("GET", path, query, {"Accept": _ONLY_METADATA}, None)
        return [item["metadata"] for item in (answer or {}).get("items", ())]

    def text(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Text at a path, such as the log of a pod.

        Raises:
            UnreachableError: no answer.
            MissingObjectError: there is nothing at the path.
            ValueError: the request is rejected.
        """
        data = self._data("GET", path, query, {"Accept": "text/plain, */*"}, None)
        return data.decode("utf-8", "replace")

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create an object, or request one that the API server issues, such as a token.

        Args:
            path: path of the list of its kind.
            body: the object.

        Returns:
            The object as stored.

        Raises:
            UnreachableError: no answer.
            ValueError: the request is rejected.
        """
        return self._call("POST", path, None, {"Accept": "application/json", "Content-Type": "application/json"}, body)

    def delete(self, path: str, uid: str, version: str | None = None, *, dependents: bool = False) -> None:
        """Delete an object if it is still the one that was read.

        Args:
            path: path of the object.
            uid: `metadata.uid` as read.
            version: `metadata.resourceVersion` as read; None: changes since then do not matter.
            dependents: also delete what the object owns; Kubernetes keeps the pods of a Job otherwise.

        Raises:
            UnreachableError: no answer.
            MissingObjectError: the object does not exist.
            ValueError: the request is rejected, or the object has changed.
        """
        options: dict[str, Any] = {"preconditions": {"uid": uid, **({"resourceVersion": version} if version else {})}}
        if dependents:
            options["propagationPolicy"] = "Background"
        self._call("DELETE", path, None, {"Accept": "application/json", "Content-Type": "application/json"}, options)

    def patch(self, path: str, changes: Mapping[str, Any]) -> None:
        """Change fields of an object (JSON merge patch, RFC 7386).

        Args:
            path: path of the object.
            changes: fields with their new values.

        Raises:
            UnreachableError: no answer.
            MissingObjectError: the object does not exist.
            ValueError: the request is rejected.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/merge-patch+json"}
        self._call("PATCH", path, None, headers, changes)

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether the caller may do something in all namespaces.

        Args:
            verb: such as create; `*`: all.
            group: API group; `*`: all.
            resource: such as pods; `*`: all.

        Raises:
            UnreachableError: no answer.
            ValueError: the request is rejected.

        Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
        """
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": verb, "group": group, "resource": resource}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        return bool(self._call("POST", path, None, headers, body)["status"]["allowed"])

    def _call(self, method: str, path: str, query: Mapping[str, str] | None, headers: dict[str, str], body: Any) -> Any:
        try:
            return json.loads(self._data(method, path, query, headers, body))
        except MissingObjectError:
            if method == "GET":
                return None
            raise

    def _data(
        self, method: str, path: str, query: Mapping[str, str] | None, headers: dict[str, str], body: Any
    ) -> bytes:
        from kubernetes.client import ApiException  # type: ignore[import-untyped]

        try:
            response = self._connection.call_api(
                path,
                method,
                query_params=list((query or {}).items()),
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
                _preload_content=False,
                _return_http_data_only=True,
                _request_timeout=TIMEOUT_SECONDS,
            )
        except ApiException as error:
            if error.status == 404:
                raise MissingObjectError(f"{method} {path}: there is no such object") from error
            raise ValueError(f"{method} {path}: the API server returned {error.status} {_reason(error)}") from error
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(
                f"{self._connection.configuration.host}: unreachable ({error}); check the network, the VPN and "
                "Cluster.public_access_cidrs"
            ) from error
        return bytes(response.data)


def _reason(error: Any) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (TypeError, ValueError, KeyError):
        return str(error.reason)


def of_context(context: str, file: Path | None = None) -> Api:
    """Connect with a kubeconfig context.

    Args:
        context: context name.
        file: kubeconfig file; None: from KUBECONFIG, or in the home directory.

    Raises:
        ValueError: kubeconfig has no such context, or cannot be read.
    """
    from kubernetes import config  # type: ignore[import-untyped]

    try:
        return Api(config.new_client_from_config(str(file) if file else None, context=context))
    except config.ConfigException as error:
        raise ValueError(f"kubeconfig, context {context}: {error}") from error


def of_eks(target: Target) -> Api:
    """Connect with the current AWS credentials, as Terraform does; the token is valid for 15 minutes.

    Raises:
        MissingClusterError: the cluster does not exist.
        UnreachableError: AWS is unreachable, or rejects the credentials.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html
    """
    from kubernetes import client

    try:
        session = session_of(target.region, target.role_arn, target.external_id)
        found = session.client("eks").describe_cluster(name=target.cluster)["cluster"]
        secret = token(session, target.cluster)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise MissingClusterError(f"{target.cluster}: cluster not found in {target.region}") from error
        raise UnreachableError(
            f"{target.platform}: AWS in {target.region} rejects the request ({error}); sign in again"
        ) from error
    except BotoCoreError as error:
        raise UnreachableError(
            f"{target.platform}: AWS in {target.region}: {error}; sign in, or check the network"
        ) from error
    settings = client.Configuration()
    settings.host = found["endpoint"]
    with tempfile.NamedTemporaryFile(suffix=".crt", delete=False) as file:
        file.write(base64.b64decode(found["certificateAuthority"]["data"]))
    settings.ssl_ca_cert = file.name
    settings.api_key = {"authorization": f"Bearer {secret}"}
    settings.retries = urllib3.Retry(total=1)
    return Api(client.ApiClient(settings))


def renewed(target: Target, context: str | None) -> Callable[[], Api]:
    """A function that returns a connection with a valid token, for commands that may run longer than one.

    Args:
        target: where the cluster is.
        context: kubeconfig context; None: the AWS credentials.

    Returns:
        A function that raises what `of_context` or `of_eks` does.
    """
    made: list[tuple[float, Api]] = []

    def connect() -> Api:
        if not made or time.monotonic() - made[-1][0] > TOKEN_SECONDS:
            made[:] = [(time.monotonic(), of_context(context) if context else of_eks(target))]
        return made[-1][1]

    return connect


def token(session: Any, cluster: str) -> str:
    """A token for the API server: a presigned STS GetCallerIdentity request.

    Args:
        session: boto3 session with credentials and region.
        cluster: cluster name.

    Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
    """
    sts = session.client("sts")
    signer = RequestSigner(
        sts.meta.service_model.service_id,
        session.region_name,
        "sts",
        "v4",
        session.get_credentials(),
        session.events,
    )
    request = {
        "method": "GET",
        "url": f"{sts.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(request, region_name=session.region_name, expires_in=60, operation_name="")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
