"""KServe's model server with an XGBoost model: what the image kserve/xgbserver:v0.18.1 runs, of which only the server is on PyPI.

Run as `python model_server.py --model_name=digits --model_dir=FOLDER --http_port=PORT`, with the arguments of the runtime `kserve-xgbserver`.
Source: https://github.com/kserve/kserve/tree/v0.18.1/python/xgbserver
"""

import argparse
from pathlib import Path
from typing import Any

import kserve  # type: ignore[import-not-found]
import xgboost  # type: ignore[import-not-found]
from kserve.utils.utils import get_predict_input, get_predict_response  # type: ignore[import-not-found]


class Booster(kserve.Model):  # type: ignore[misc]
    """The one model file of a folder; the real server refuses folders with several."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        (file,) = [path for path in folder.iterdir() if path.suffix in (".bst", ".json", ".ubj")]
        self.booster = xgboost.Booster(model_file=bytearray(file.read_bytes()))
        self.ready = True

    def predict(self, payload: Any, headers: Any = None, response_headers: Any = None) -> Any:
        return get_predict_response(
            payload, self.booster.predict(xgboost.DMatrix(get_predict_input(payload))), self.name
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(parents=[kserve.model_server.parser])
    parser.add_argument("--model_dir", type=Path, required=True)
    arguments, _ = parser.parse_known_args()
    kserve.ModelServer(workers=1).start([Booster(arguments.model_name, arguments.model_dir)])
