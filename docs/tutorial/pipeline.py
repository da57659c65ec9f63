"""Pipeline of the tutorial: prepare the digits, train a first model, evaluate it. `python pipeline.py` writes pipeline.yaml.

Each function is a step and runs in a pod of its own, so it imports what it needs itself. Files between steps are artifacts: Pipelines stores
them below the team's prefix and records which run, step and parameters they are from.
"""

from kfp import compiler, dsl
from kfp.dsl import Dataset, Input, Metrics, Model, Output

IMAGE = "python:3.11.11-slim"  # of https://github.com/docker-library/python, commit ded42cf (2024-12-03)
NUMERIC = ["numpy==2.4.6", "scipy==1.17.1"]
LEARNING = ["xgboost-cpu==2.1.4", *NUMERIC]  # version 2.1, as in the model server kserve/xgbserver:v0.18.1


@dsl.component(base_image=IMAGE, packages_to_install=["scikit-learn==1.5.2", "boto3==1.44.8", *NUMERIC])
def prepare(folder: str, train: Output[Dataset], test: Output[Dataset], reference: Output[Dataset]) -> None:
    """Split scikit-learn's digits, and write them as artifacts and to the folder that tuning and training read."""
    import json
    from pathlib import Path

    import boto3
    import numpy
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, digits = load_digits(return_X_y=True)
    images = (images / 16).astype("float32")  # 0 is white, 1 is black
    train_images, test_images, train_digits, test_digits = train_test_split(
        images, digits, test_size=0.25, random_state=0, stratify=digits
    )
    for path, some, labels in ((train.path, train_images, train_digits), (test.path, test_images, test_digits)):
        with Path(path).open("wb") as file:
            numpy.savez(file, images=some, digits=labels)
    ink = train_images.mean(axis=1)  # drift.py compares this distribution with that of the images to predict
    edges = numpy.quantile(ink, numpy.linspace(0, 1, 11))[1:-1]
    share = numpy.bincount(numpy.searchsorted(edges, ink), minlength=10) / len(ink)
    Path(reference.path).write_text(json.dumps({"edges": edges.tolist(), "share": share.tolist()}))

    bucket, _, prefix = folder.removeprefix("s3://").partition("/")
    client = boto3.client("s3")
    for name, path in (("train.npz", train.path), ("test.npz", test.path), ("reference.json", reference.path)):
        client.upload_file(path, bucket, f"{prefix}/data/{name}")
    train.metadata["images"], test.metadata["images"] = len(train_images), len(test_images)


@dsl.component(base_image=IMAGE, packages_to_install=LEARNING)
def train(train: Input[Dataset], rounds: int, eta: float, max_depth: int, model: Output[Model]) -> None:
    """Train on one node."""
    import numpy
    import xgboost

    with numpy.load(train.path) as found:
        data = xgboost.DMatrix(found["images"], label=found["digits"])
    parameters = {"objective": "multi:softmax", "num_class": 10, "eta": eta, "max_depth": max_depth, "nthread": 1}
    model.metadata["framework"] = f"xgboost {xgboost.__version__}"
    with open(model.path, "wb") as file:  # noqa: PTH123
        file.write(xgboost.train(parameters, data, rounds).save_raw("ubj"))


@dsl.component(base_image=IMAGE, packages_to_install=LEARNING)
def evaluate(model: Input[Model], test: Input[Dataset], least_accuracy: float, metrics: Output[Metrics]) -> float:
    """Accuracy on images that training did not read; fails below the least that is accepted."""
    from pathlib import Path

    import numpy
    import xgboost

    with numpy.load(test.path) as found:
        images, digits = found["images"], found["digits"]
    booster = xgboost.Booster(model_file=bytearray(Path(model.path).read_bytes()))
    accuracy = float((booster.predict(xgboost.DMatrix(images)) == digits).mean())
    metrics.log_metric("accuracy", accuracy)
    if accuracy < least_accuracy:
        raise ValueError(
            f"the accuracy is {accuracy:.3f}, below {least_accuracy}; train with more rounds or deeper trees"
        )
    return accuracy


@dsl.pipeline(name="digits")
def digits(folder: str, rounds: int = 20, eta: float = 0.3, max_depth: int = 3, least_accuracy: float = 0.9) -> float:
    """Train and evaluate a first model of digits; `folder` is s3://<bucket>/private-artifacts/<team>/digits."""
    prepared = prepare(folder=folder)
    trained = train(train=prepared.outputs["train"], rounds=rounds, eta=eta, max_depth=max_depth)
    evaluated = evaluate(model=trained.outputs["model"], test=prepared.outputs["test"], least_accuracy=least_accuracy)
    for task in (prepared, trained, evaluated):
        task.set_cpu_request("500m").set_memory_request("1Gi").set_memory_limit("2Gi")
    return evaluated.outputs["Output"]


if __name__ == "__main__":
    compiler.Compiler().compile(digits, "pipeline.yaml")
