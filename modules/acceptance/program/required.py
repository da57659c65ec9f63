"""What must work, on the platform's own parts: sign-in of a program, notebook, pipeline, training, tuning, model."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from modules.acceptance.program import objects
from modules.acceptance.program.http import request
from modules.acceptance.program.outcome import FailedError, SkippedError
from modules.acceptance.program.world import World

FAILED_RUN = ("FAILED", "CANCELED", "SKIPPED")


def program_sign_in(world: World) -> str:
    """A program's token is accepted by Pipelines in its own team."""
    answer = world.pipelines("GET", f"experiments?namespace={world.team}")
    if answer.status != 200:
        raise FailedError(
            f"{answer}; the token has the audience pipelines.kubeflow.org, and the user is {objects.ACCOUNT}"
        )
    return f"Pipelines lists the experiments of {world.team}"


def notebook(world: World) -> str:
    """A notebook server starts, and answers inside the namespace."""
    with _created(world, objects.notebook(world)):
        world.wait_for(
            f"Notebook {world.run}", lambda: "ready" if _status(world, "Notebook").get("readyReplicas") else None
        )
        address = world.notebook_address.format(name=world.run, namespace=world.team)
        url = f"{address}/notebook/{world.team}/{world.run}/api"
        answer = request("GET", url)
        if answer.status != 200 or "version" not in (answer.json or {}):
            raise FailedError(f"{answer}; a Jupyter server answers with its version")
        return f"Jupyter Server {answer.json['version']}"


def pipeline(world: World) -> str:
    """A pipeline runs, and its artifact is in the team's prefix of the bucket."""
    bucket, s3 = world.bucket, world.s3()
    made = _answer(world, "POST", "experiments", {"display_name": world.run, "namespace": world.team})
    experiment = made["experiment_id"]
    run = None
    try:
        run = _answer(
            world,
            "POST",
            "runs",
            {
                "display_name": world.run,
                "experiment_id": experiment,
                "pipeline_spec": objects.pipeline(world),
                "runtime_config": {"pipeline_root": f"s3://{bucket}/{world.prefix}/pipeline"},
                "service_account": objects.ACCOUNT,
            },
        )["run_id"]
        world.wait_for(f"run {run}", lambda: _run_state(world, run))
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{world.prefix}/pipeline/").get("Contents", [])
        keys = [one["Key"] for one in listed if one["Key"].endswith("/written")]
        if not keys:
            raise FailedError(
                f"the run succeeded, and s3://{bucket}/{world.prefix}/pipeline/ has no artifact `written`"
            )
        text = s3.get_object(Bucket=bucket, Key=keys[0])["Body"].read().decode()
        if text != objects.PIPELINE_TEXT:
            raise FailedError(f"s3://{bucket}/{keys[0]} has other content: {text[:100]}")
        return f"s3://{bucket}/{keys[0]}"
    finally:
        for path in filter(None, (run and f"runs/{run}", f"experiments/{experiment}")):
            answer = world.pipelines("DELETE", path)
            if answer.status not in (200, 404):
                raise FailedError(f"{path} is left: {answer}")
        _empty(s3, bucket, f"{world.prefix}/pipeline/")


def train_job(world: World) -> str:
    """A TrainJob completes."""
    with _created(world, objects.train_job(world)):
        return world.wait_for(f"TrainJob {world.run}", lambda: _condition(world, "TrainJob", "Complete", "Failed"))


def tuning(world: World) -> str:
    """A Katib experiment of one trial finds a metric."""
    with _created(world, objects.experiment(world)):
        world.wait_for(f"Experiment {world.run}", lambda: _condition(world, "Experiment", "Succeeded", "Failed"))
        metrics = (_status(world, "Experiment").get("currentOptimalTrial", {}).get("observation", {})).get("metrics")
        if not metrics:
            raise FailedError(
                "the experiment succeeded without a metric: the metrics collector did not reach Katib's database"
            )
        return f"{metrics[0]['name']}={metrics[0]['latest']}"


def model(world: World) -> str:
    """A model that is read from the team's prefix answers by its cluster-local address."""
    bucket, s3 = world.bucket, world.s3()
    body, samples, classes = _trained()
    try:
        s3.put_object(Bucket=bucket, Key=f"{world.prefix}/model/model.joblib", Body=body)
        with _created(world, objects.inference_service(world)):
            url = world.wait_for(f"InferenceService {world.run}", lambda: _model_url(world))
            tensor = {"name": "input-0", "shape": [len(samples), len(samples[0])], "datatype": "FP64", "data": samples}
            answer = request("POST", f"{url}/v2/models/{world.run}/infer", {"inputs": [tensor]})
            outputs = (answer.json or {}).get("outputs") if answer.status == 200 else None
            if not outputs:
                raise FailedError(str(answer))
            if [int(one) for one in outputs[0]["data"]] != classes:
                raise FailedError(f"{url} answered classes {outputs[0]['data']}; the same model here says {classes}")
            return f"{url} answers as the model that was trained"
    finally:
        _empty(s3, bucket, f"{world.prefix}/model/")


def _trained() -> tuple[bytes, list[list[float]], list[int]]:
    """A fitted model as a joblib file, some samples, and their classes."""
    try:
        import joblib  # type: ignore[import-not-found]
        from sklearn.datasets import load_digits  # type: ignore[import-not-found]
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found]
    except ImportError as error:
        raise SkippedError(f"the image has no scikit-learn ({error})") from error
    images, labels = load_digits(return_X_y=True)
    fitted = LogisticRegression(max_iter=50).fit(images[:500], labels[:500])
    samples = [[float(pixel) for pixel in one] for one in images[500:504]]
    file = io.BytesIO()
    joblib.dump(fitted, file)
    return file.getvalue(), samples, [int(one) for one in fitted.predict(samples)]


@contextmanager
def _created(world: World, body: Mapping[str, Any]) -> Iterator[None]:
    """An object that is deleted at the end, also after a failure."""
    answer = world.kubernetes.create(body)
    if answer.status != 201:
        raise FailedError(str(answer))
    try:
        yield
    finally:
        world.kubernetes.delete(body["kind"], body["metadata"]["namespace"], body["metadata"]["name"])


def _status(world: World, kind: str) -> dict[str, Any]:
    return dict(world.kubernetes.get(kind, world.team, world.run).get("status") or {})


def _condition(world: World, kind: str, good: str, bad: str) -> str | None:
    """The evidence if a condition is true; None: neither is yet.

    Raises:
        FailedError: the bad one is true.
    """
    conditions = {one["type"]: one for one in _status(world, kind).get("conditions") or () if one["status"] == "True"}
    if bad in conditions:
        raise FailedError(f"{kind} {world.run}: {bad}: {conditions[bad].get('message', '')}")
    return f"{kind} {good}" if good in conditions else None


def _model_url(world: World) -> str | None:
    status = _status(world, "InferenceService")
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions") or ())
    return str(status["address"]["url"]).rstrip("/") if ready else None


def _run_state(world: World, run: str) -> str | None:
    found = _answer(world, "GET", f"runs/{run}")
    if found.get("state") in FAILED_RUN:
        raise FailedError(f"run {run}: {found['state']}: {(found.get('error') or {}).get('message', '')}")
    return "SUCCEEDED" if found.get("state") == "SUCCEEDED" else None


def _answer(world: World, method: str, path: str, body: Any = None) -> Any:
    answer = world.pipelines(method, path, body)
    if answer.status != 200:
        raise FailedError(str(answer))
    return answer.json


def _empty(s3: Any, bucket: str, prefix: str) -> None:
    for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=one["Key"])


REQUIRED = {
    "program-sign-in": program_sign_in,
    "notebook": notebook,
    "pipeline": pipeline,
    "train-job": train_job,
    "tuning": tuning,
    "model": model,
}
"""Id to check, in the order in which they run."""
