import json
from pathlib import Path
from typing import Any

import pytest

from stacks.document import documents, managed, normalise, read_tree

# As cdktf 0.21.0 wrote it, with stack traces on and an annotation.
WRITTEN: dict[str, Any] = {
    "terraform": {"backend": {"local": {"path": "../x.tfstate"}}},
    "resource": {
        "aws_vpc": {
            "this": {
                "cidr_block": "10.0.0.0/16",
                "//": {
                    "metadata": {"path": "prod-network/vpc", "uniqueId": "this", "stackTrace": ["/home/jo/main.py"]}
                },
            }
        },
        "aws_eip": {"nat": {"//": "a sentence, by override"}},
    },
    "data": {"aws_region": {"this": {"//": {"metadata": {"path": "prod-network/region", "uniqueId": "this"}}}}},
    "module": {"m": {"source": "./m", "//": {"metadata": {"path": "prod-network/m", "uniqueId": "m"}}}},
    "//": {"metadata": {"backend": "local", "stackName": "prod-network", "version": "0.21.0"}, "outputs": {}},
    "output": {"uniqueId": {"value": "é"}},
}
MANIFEST = {
    "version": "0.21.0",
    "stacks": {
        "prod-network": {
            "name": "prod-network",
            "annotations": [{"level": "@cdktf/warn", "message": "m", "stacktrace": ["at /home/jo/main.py"]}],
        }
    },
}


def tree(document: object = WRITTEN) -> dict[str, bytes]:
    return {
        "stacks/prod-network/cdk.tf.json": json.dumps(document).encode(),
        "manifest.json": json.dumps(MANIFEST).encode(),
        "stacks/prod-network/assets/a.txt": b"as it is, \xff",
    }


def test_a_document_is_sorted_and_loses_what_differs_between_machines() -> None:
    assert normalise(tree())["stacks/prod-network/cdk.tf.json"].decode() == (
        """{
  "//": {
    "metadata": {
      "backend": "local",
      "stackName": "prod-network",
      "version": "0.21.0"
    },
    "outputs": {}
  },
  "data": {
    "aws_region": {
      "this": {
        "//": {
          "metadata": {
            "path": "prod-network/region"
          }
        }
      }
    }
  },
  "module": {
    "m": {
      "//": {
        "metadata": {
          "path": "prod-network/m"
        }
      },
      "source": "./m"
    }
  },
  "output": {
    "uniqueId": {
      "value": "é"
    }
  },
  "resource": {
    "aws_eip": {
      "nat": {
        "//": "a sentence, by override"
      }
    },
    "aws_vpc": {
      "this": {
        "//": {
          "metadata": {
            "path": "prod-network/vpc"
          }
        },
        "cidr_block": "10.0.0.0/16"
      }
    }
  },
  "terraform": {
    "backend": {
      "local": {
        "path": "../x.tfstate"
      }
    }
  }
}
"""
    )


def test_the_manifest_keeps_its_shape_but_no_stack_trace() -> None:
    assert json.loads(normalise(tree())["manifest.json"]) == {
        "version": "0.21.0",
        "stacks": {
            "prod-network": {
                "name": "prod-network",
                "annotations": [{"level": "@cdktf/warn", "message": "m", "stacktrace": []}],
            }
        },
    }


def test_other_files_stay_as_they_are_and_a_second_pass_changes_nothing() -> None:
    once = normalise(tree())
    assert once["stacks/prod-network/assets/a.txt"] == b"as it is, \xff"
    assert normalise(once) == once


def test_the_order_in_which_resources_were_made_does_not_show() -> None:
    backwards = dict(reversed(WRITTEN.items()))
    backwards["resource"] = dict(reversed(WRITTEN["resource"].items()))
    assert normalise(tree(backwards)) == normalise(tree())


def test_a_path_of_this_machine_is_refused() -> None:
    document = {"terraform": {"backend": {"local": {"path": "/home/jo/project/terraform.tfstate"}}}}
    with pytest.raises(ValueError, match="contains the local path") as caught:
        normalise(tree(document), [Path("/home/jo/project")])
    assert str(caught.value) == (
        "stacks/prod-network/cdk.tf.json: contains the local path '/home/jo/project', so the output would differ on another machine; use a path relative to the stack's folder (for the state: configure the backend in settings)"
    )


def test_a_project_at_the_root_of_a_container_does_not_forbid_slashes() -> None:
    assert normalise(tree(), [Path("/"), Path("/app")]) == normalise(tree())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"{",
            "manifest.json: is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); "
            "restore it from git, or delete it if you created it",
        ),
        (b"[]", "manifest.json: holds a JSON list, not an object; restore it from git"),
    ],
)
def test_a_broken_file_is_named(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=r"manifest\.json") as caught:
        normalise({"manifest.json": content})
    assert str(caught.value) == message


def test_a_tree_is_read_with_slashes_and_documents_are_found_in_it(tmp_path: Path) -> None:
    for path, content in tree().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert read_tree(tmp_path) == tree()
    assert list(read_tree(tmp_path)) == sorted(tree())
    assert read_tree(tmp_path / "none") == {}
    found = documents(read_tree(tmp_path))
    assert found == {"prod-network": WRITTEN}
    assert list(managed(found["prod-network"])) == ["aws_eip.nat", "aws_vpc.this"]
