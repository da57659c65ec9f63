import io

from rich.console import Console

from stacks.summary import LOG_WIDTH_COLUMNS, Capacity, Report, as_document, print_report

DOCUMENTS = {
    "prod-network": {
        "resource": {"aws_vpc": {"this": {}}, "aws_subnet": {"private_us_west_2a": {}, "private_us_west_2b": {}}},
        "data": {"aws_region": {"this": {}}},
        "output": {"vpc_id": {}},
    },
    "prod-cluster": {"resource": {"aws_eks_cluster": {"this": {}}}, "output": {"cluster_name": {}, "cluster_arn": {}}},
}
SECONDS = {"prod-network": 0.414, "prod-cluster": 1.2}
LINUX_NODES = Capacity("prod/linux-nodes", "m6i.xlarge", nodes_min=1, nodes_desired=5, nodes_max=8, pods_per_node=110)


def printed(*arguments: object, **settings: object) -> str:
    file = io.StringIO()
    print_report(Report(*arguments, **settings), Console(file=file))  # type: ignore[arg-type]
    return file.getvalue()


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


WHOLE = """
  stack          resources   data sources   outputs   seconds
 ─────────────────────────────────────────────────────────────
  prod-network           3              1         1      0.41
  prod-cluster           1              0         2      1.20

  all                    4              1         3      1.61


  node group         instance type   nodes min   desired   max   pods per node   total pods
 ───────────────────────────────────────────────────────────────────────────────────────────
  prod/linux-nodes   m6i.xlarge              1         5     8             110          550

warning: public_access_cidrs still holds a documentation range; put your own in main.py

Next: cd generated/stacks/prod-network && terraform init
"""


def test_the_whole_text() -> None:
    warnings = ["public_access_cidrs still holds a documentation range; put your own in main.py"] * 2
    text = printed(DOCUMENTS, SECONDS, [LINUX_NODES], warnings, ["cd generated/stacks/prod-network && terraform init"])
    assert lines(text) == WHOLE.splitlines()


def test_a_warning_is_one_line_of_a_log() -> None:
    warning = "prod: " + "a long sentence " * 20
    assert f"warning: {warning}".rstrip() in lines(printed(DOCUMENTS, SECONDS, (), [warning]))


def test_one_stack_has_no_sum_and_what_is_not_handed_in_is_not_printed() -> None:
    assert lines(printed({"prod-network": DOCUMENTS["prod-network"]}, SECONDS)) == [
        "",
        "  stack          resources   data sources   outputs   seconds",
        " ─────────────────────────────────────────────────────────────",
        "  prod-network           3              1         1      0.41",
        "",
    ]


def test_long_names_are_folded_and_a_command_is_never_broken() -> None:
    name = "a" * 300
    text = printed({name: {}}, {name: 0.0}, next_steps=["terraform -chdir=" + name])
    table, _, command = text.partition("Next: ")
    assert command == f"terraform -chdir={name}\n"
    assert table.count("a") == len(name) + 3  # three in the heading: stack, data
    assert max(map(len, table.splitlines())) == LOG_WIDTH_COLUMNS


def test_a_terminal_keeps_its_own_width() -> None:
    file = io.StringIO()
    console = Console(file=file, width=60, force_terminal=True)
    print_report(Report(DOCUMENTS, SECONDS), console)
    assert console.width == 60


def test_total_pods_are_those_of_the_desired_nodes() -> None:
    assert LINUX_NODES.total_pods == 550


def test_the_document_has_the_same_content() -> None:
    document = as_document(
        Report(DOCUMENTS, SECONDS, [LINUX_NODES], ["one", "one"], ["make deploy"], {"prod-network": 7})
    )
    network, cluster = document["stacks"]
    counts = {"resources": 3, "data_sources": 1, "outputs": 1}
    assert network == {"name": "prod-network", **counts, "seconds": 0.414, "upload_kib": 7}
    assert "upload_kib" not in cluster
    assert document["node_groups"][0]["total_pods"] == 550
    assert (document["warnings"], document["next_steps"]) == (["one"], ["make deploy"])
