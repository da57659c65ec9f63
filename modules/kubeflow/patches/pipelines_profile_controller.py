"""Runs in the cluster, in the image and at the place of Pipelines' own profile controller: where a team's artifacts are.

Metacontroller posts each namespace of a team, and makes there what it gets back. It needs no right in AWS.

Source: https://metacontroller.github.io/metacontroller/api/decoratorcontroller.html#sync-hook
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONFIG_MAPS = ("kfp-launcher", "metadata-grpc-configmap", "artifact-repositories")


def sync(namespace: dict[str, Any], attachments: dict[str, Any], env: dict[str, str]) -> dict[str, Any]:
    """What a namespace should hold, and whether it does."""
    metadata = namespace["metadata"]
    if metadata.get("labels", {}).get("pipelines.kubeflow.org/enabled") != "true":
        return {"status": {}, "attachments": []}
    name = metadata["name"]
    there = len(attachments.get("ConfigMap.v1", {})) == len(CONFIG_MAPS)
    return {"status": {"kubeflow-pipelines-ready": str(there)}, "attachments": config_maps(name, env)}


def config_maps(namespace: str, env: dict[str, str]) -> list[dict[str, Any]]:
    """For the launcher (pipeline root), for ML Metadata's clients, and for Argo (logs and artifacts)."""
    bucket, region = env["S3_BUCKET"], env["AWS_REGION"]
    prefix = f"private-artifacts/{namespace}"
    repository = {
        "archiveLogs": True,
        "s3": {
            "endpoint": env["S3_ENDPOINT"],
            "bucket": bucket,
            "region": region,
            "useSDKCreds": True,
            "keyFormat": prefix
            + "/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}"
            + "/{{workflow.creationTimestamp.d}}/{{pod.name}}",
        },
    }
    data = {
        "kfp-launcher": {
            "defaultPipelineRoot": f"s3://{bucket}/{prefix}/v2/artifacts",
            "providers": json.dumps({"s3": {"default": {"credentials": {"fromEnv": True}}}}),
        },
        "metadata-grpc-configmap": {
            "METADATA_GRPC_SERVICE_HOST": "metadata-grpc-service.kubeflow",
            "METADATA_GRPC_SERVICE_PORT": "8080",
        },
        "artifact-repositories": {"default-namespaced": json.dumps(repository)},
    }
    default = {"workflows.argoproj.io/default-artifact-repository": "default-namespaced"}
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "annotations": default if name == "artifact-repositories" else {},
            },
            "data": data[name],
        }
        for name in CONFIG_MAPS
    ]


class Hook(BaseHTTPRequestHandler):
    """`POST /sync` with the namespace and what it holds."""

    def do_POST(self) -> None:
        """Answer with what it should hold."""
        observed = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wanted = json.dumps(sync(observed["object"], observed["attachments"], dict(os.environ))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(wanted)))
        self.end_headers()
        self.wfile.write(wanted)


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(os.environ.get("CONTROLLER_PORT", "8080"))), Hook).serve_forever()
