"""Train a classifier of handwritten digits with XGBoost, on one or several nodes, with checkpoints in S3.

Katib's trials run it alone. In a TrainJob each node runs it: Trainer sets the address of the first node, the number of nodes
and the node's own number, and XGBoost adds up the nodes' statistics, so that all build the same trees.
Source: https://xgboost.readthedocs.io/en/release_2.1.0/python/python_api.html#module-xgboost.collective
"""

import argparse
import io
import json
import multiprocessing
import os
import re
import socket
import time
from contextlib import nullcontext
from typing import Any

import boto3
import numpy
import xgboost
from botocore.exceptions import ClientError
from xgboost import collective
from xgboost.tracker import RabitTracker

WAIT_SECONDS = 300


class Folder:
    """A folder of the team in the artifact bucket."""

    def __init__(self, uri: str) -> None:
        """Take the folder from `s3://bucket/prefix`."""
        self.bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        self.prefix = prefix.rstrip("/")
        self.client = boto3.client("s3")

    def read(self, name: str) -> bytes:
        """Content of a file."""
        found: bytes = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")["Body"].read()
        return found

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}", Body=content)

    def names(self, folder: str) -> list[str]:
        """Files below a folder."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"{self.prefix}/{folder}/"
        )
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return [key.removeprefix(f"{self.prefix}/") for key in keys]

    def samples(self, name: str) -> tuple[Any, Any]:
        """Images and their digits."""
        with numpy.load(io.BytesIO(self.read(name))) as found:
            return found["images"], found["digits"]


class Checkpoint(xgboost.callback.TrainingCallback):
    """Writes the model every few rounds; a later start of the same run continues from the last one."""

    def __init__(self, folder: Folder, run: str, every: int, done: int) -> None:
        """`done`: rounds of the checkpoint that training starts from."""
        self.folder, self.run, self.every, self.done = folder, run, every, done

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Write on the first node only, since all have the same model."""
        rounds = self.done + epoch + 1
        if collective.get_rank() == 0 and rounds % self.every == 0:
            self.folder.write(f"checkpoints/{self.run}/{rounds:05}.ubj", bytes(model.save_raw("ubj")))
            print(f"checkpoint after {rounds} rounds", flush=True)
        return False  # do not stop


def last_checkpoint(folder: Folder, run: str, most: int) -> tuple[int, bytes | None]:
    """Rounds and model of a run's last checkpoint that has no more rounds than wanted."""
    found = [re.fullmatch(r".*/(\d+)\.ubj", name) for name in folder.names(f"checkpoints/{run}")]
    rounds = max((int(one[1]) for one in found if one and int(one[1]) <= most), default=0)
    return rounds, folder.read(f"checkpoints/{run}/{rounds:05}.ubj") if rounds else None


def track(port: int, nodes: int) -> None:
    """Connect the nodes with each other; in a process of its own, since it waits for all of them.

    XGBoost 2.1 chooses the port of its tracker itself, so nodes request it at the port that Trainer chose.
    """
    tracker = RabitTracker(host_ip=socket.gethostbyname(socket.gethostname()), n_workers=nodes, sortby="task")
    tracker.start()
    with socket.create_server(("", port)) as server:
        for _ in range(nodes):
            with server.accept()[0] as node:
                node.sendall(json.dumps(tracker.worker_args()).encode())
    tracker.wait_for()


def tracker_of(host: str, port: int) -> dict[str, Any]:
    """Address of the tracker; the name of the first node exists when its pod has started."""
    last = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with socket.create_connection((host, port), timeout=10) as tracker, tracker.makefile() as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (OSError, ValueError) as error:  # no address, no tracker yet, or it ended before it answered
            if time.monotonic() > last:
                raise SystemExit(f"{host}:{port}: {error}, for {WAIT_SECONDS} s; kubectl get pods shows why") from error
            time.sleep(0.5)


def connection() -> dict[str, Any]:
    """Arguments of XGBoost's communicator, by the variables that Trainer sets; the first node starts the tracker.

    Source: https://github.com/kubeflow/trainer/blob/v2.2.0/pkg/runtime/framework/plugins/xgboost/xgboost.go
    """
    nodes = int(os.environ.get("DMLC_NUM_WORKER", "1"))
    if nodes == 1:
        return {}
    port, task = int(os.environ["DMLC_TRACKER_PORT"]), os.environ["DMLC_TASK_ID"]
    if task == "0":
        multiprocessing.Process(target=track, args=(port, nodes), daemon=True).start()
    tracker = tracker_of(os.environ["DMLC_TRACKER_URI"], port)
    return {"dmlc_communicator": "rabit", "dmlc_task_id": task, "dmlc_timeout": WAIT_SECONDS, **tracker}


def train(folder: Folder, options: argparse.Namespace) -> bytes:
    """The model after all rounds. Each node reads every n-th image."""
    arguments = connection()
    with collective.CommunicatorContext(**arguments) if arguments else nullcontext():
        rank, nodes = collective.get_rank(), collective.get_world_size()
        start = last_checkpoint(folder, options.run, options.rounds) if rank == 0 and options.run else (0, None)
        done, model = collective.broadcast(start, 0)
        images, digits = folder.samples("data/train.npz")
        data = xgboost.DMatrix(images[rank::nodes], label=digits[rank::nodes])
        print(f"node {rank} of {nodes}: {data.num_row()} images, from round {done}", flush=True)
        booster = xgboost.Booster(model_file=bytearray(model)) if model else None
        parameters = {
            "objective": "multi:softmax",
            "num_class": 10,
            "eta": options.eta,
            "max_depth": options.max_depth,
            "nthread": options.threads,
        }
        callbacks = [Checkpoint(folder, options.run, options.checkpoint_every, done)] if options.run else []
        trained = xgboost.train(parameters, data, options.rounds - done, xgb_model=booster, callbacks=callbacks)
        content = bytes(trained.save_raw("ubj")) if rank == 0 else b""
    return content


def main() -> None:
    """Train, print what Katib reads, and write the model if `--model` names a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=f"{os.environ.get('ARTIFACT_ROOT', '')}digits", help="s3://bucket/prefix")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--eta", type=float, default=0.3)
    parser.add_argument("--max-depth", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1, help="no more than the CPUs that the container requests")
    parser.add_argument("--run", default="", help="name of the run, for its checkpoints; none: no checkpoints")
    parser.add_argument("--checkpoint-every", type=int, default=10, metavar="ROUNDS")
    parser.add_argument("--model", default="", help="folder for the model; none: it is not written")
    options = parser.parse_args()
    folder = Folder(options.folder)
    try:
        model = train(folder, options)
        if not model:  # not the first node
            return
        images, digits = folder.samples("data/test.npz")
        predicted = xgboost.Booster(model_file=bytearray(model)).predict(xgboost.DMatrix(images))
        print(f"accuracy={float((predicted == digits).mean()):.4f}", flush=True)
        if options.model:
            folder.write(f"{options.model}/model.ubj", model)
            print(f"s3://{folder.bucket}/{folder.prefix}/{options.model}/model.ubj")
    except ClientError as error:
        raise SystemExit(f"{options.folder}: {error}; run pipeline.py first, and use a folder of your team") from error


if __name__ == "__main__":
    main()
