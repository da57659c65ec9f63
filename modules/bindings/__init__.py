"""Loads only the parts of the published CDKTF bindings that a program uses.

Stock, `from cdktf_cdktf_provider_aws.vpc import Vpc` imports all 2,212 folders of the AWS package in Python and again
in Node: about 20 s of CPU and 1.7 GB for one VPC. After `install()` the same line imports one folder on each side. The
generated JSON is the same byte for byte (`make bench` compares them), and no file on disk is touched, so editors and
type checkers see the published package. Set CDKTF_STOCK_BINDINGS=1 to load everything as published.

* `lazy`: each provider package imports a submodule when it is first used.
* `compiled`: submodules compiled without docstrings, annotations and run-time type checks. A wrong type still fails, at
  the construct that receives it, with the message of jsii's kernel. For `help()` use the switch.
* `structs`: only the arguments that were given cross the bridge to Node.
* `node.cjs`: the same laziness in Node, and no stack trace for each token (frames inside Node tell a Python user nothing).

When an assumption of these parts does not hold, the part concerned steps aside with one warning and the stock way goes on.
"""

import json
import os
import sys
from pathlib import Path

from modules.bindings.lazy import PREFIX, LazyBindings, step_aside

SWITCH = "CDKTF_STOCK_BINDINGS"
_NODE_HOOK = Path(__file__).with_name("node.cjs")


def install() -> None:
    """Make every later import of a provider package load only what is used; a second call changes nothing.

    Warns and changes nothing when a provider package was imported before: its modules are loaded already.
    """
    # jsii prints a 10-line banner at each start of a Node that its authors no longer support, Node 20 among them; the
    # README's "Node 20 or later" is tested. https://github.com/aws/jsii/blob/main/packages/%40jsii/check-node/README.md
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21,22,23,24,25,26")
    if os.environ.get(SWITCH) == "1" or any(isinstance(finder, LazyBindings) for finder in sys.meta_path):
        return
    if early := sorted(name for name in sys.modules if name.startswith(PREFIX) and "." not in name):
        step_aside(f"{early[0]} was imported before it; import modules first")
        return
    sys.meta_path.insert(0, LazyBindings())
    os.environ["NODE_OPTIONS"] = _with_node_hook(os.environ.get("NODE_OPTIONS", ""))


def _with_node_hook(options: str, hook: Path = _NODE_HOOK) -> str:
    """Add the hook to NODE_OPTIONS, keeping what is there. Node unquotes as JSON does, so a space in the path is safe.

    Source: https://nodejs.org/docs/latest-v20.x/api/cli.html#node_optionsoptions
    """
    require = f"--require={json.dumps(str(hook), ensure_ascii=False)}"
    return options if require in options else f"{options} {require}".lstrip()
