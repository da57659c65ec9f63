"""Loads only the parts of the published CDKTF bindings that a program uses.

Stock, `from cdktf_cdktf_provider_aws.vpc import Vpc` imports all 2,212 folders of the AWS package in Python and again
in Node: 12 to 20 s of CPU and 1.2 GiB for one VPC. After `install()` the same line imports one folder on each side. The
generated JSON is the same byte for byte (`make bench` compares them), and no file on disk is touched, so editors and
type checkers see the published package. Set CDKTF_STOCK_BINDINGS=1 to load everything as published.

* `lazy`: a provider package imports a submodule when it is first used.
* `compiled`: cdktf, constructs and submodules of providers compiled without docstrings, annotations and run-time type
  checks. A wrong type still fails, at the construct that receives it, with the message of jsii's kernel. For `help()` use
  the switch. All other modules are loaded from kept code, too, where PYTHONDONTWRITEBYTECODE keeps Python from doing so.
* `structs`: only the arguments that were given cross the bridge to Node.
* `kernel` and `kernel.cjs`: one Node process instead of two, and fewer and lighter messages.
* `code_cache.cjs` and `digests.cjs`: V8's compiled code, and the digests of packages, are kept from run to run.
* `unpack.cjs` and `type_index.cjs`: the first run unpacks packages and indexes their types without jsii's detours.
* `node.cjs`: the same laziness in Node, no stack trace for each token (its frames are of no use in Python), and no run of
  `terraform version`.
* `resolve.cjs`: CDKTF does not look for tokens again in each text and key that holds none.

If an assumption does not hold, these parts are disabled with one warning, and the bindings work as published.
"""

import atexit
import gc
import json
import os
import sys
from pathlib import Path

from modules.bindings.lazy import PREFIX, LazyBindings, step_aside

COLLECTOR_THRESHOLD = 100_000
"""Allocation threshold of Python's garbage collector."""
SWITCH = "CDKTF_STOCK_BINDINGS"
NODE_HOOK = Path(__file__).with_name("node.cjs")


def install() -> None:
    """Make every later import of a provider package load only what is used; a second call changes nothing.

    Must run before the first import of `cdktf` or of a provider: they start Node, which reads the hook only then.
    """
    # jsii prints a banner of 10 lines at each start of an end-of-life Node version; Node 20 is one, but works.
    # https://github.com/aws/jsii/tree/main/packages/%40jsii/check-node
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21,22,23,24,25,26")
    if os.environ.get(SWITCH) == "1" or any(isinstance(finder, LazyBindings) for finder in sys.meta_path):
        return
    if early := [name for name in sys.modules if name == "constructs" or name.startswith(PREFIX)]:
        step_aside(f"{early[0]} was imported before it; import modules before cdktf, constructs and the providers")
        return
    sys.meta_path.insert(0, LazyBindings())
    # Imports and a construct tree make hundreds of thousands of objects that stay: with Python's own threshold of 700 the
    # collector traversed them repeatedly, 7 % of a run's CPU time, without a result. It still runs, less often.
    gc.set_threshold(COLLECTOR_THRESHOLD, 20, 50)
    # At exit Python collects cycles once more, 0.2 s for memory that the system frees anyway.
    # Registered first, so run last.
    atexit.register(gc.freeze)
    os.environ["NODE_OPTIONS"] = with_node_hook(os.environ.get("NODE_OPTIONS", ""), NODE_HOOK)


def with_node_hook(options: str, hook: Path) -> str:
    """Add the hook to NODE_OPTIONS and keep what is there. Node unquotes as JSON does, so the path may hold spaces.

    Source: https://nodejs.org/docs/latest-v20.x/api/cli.html#node_optionsoptions
    """
    require = f"--require={json.dumps(str(hook), ensure_ascii=False)}"
    return options if require in options else f"{options} {require}".lstrip()
