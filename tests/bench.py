"""What the fast bindings save: one app run both ways, interleaved, as ratios; then its cost for 1, 10 and 100 platforms.

Run by `make bench`; about ten minutes. Ends with 1 when a target is missed or when the two ways write different bytes.
CPU is user + system of the whole process tree; memory is the peak of the summed resident size of Python and Node.
Ratios are of medians: machines differ by a factor of two in seconds, the ratios hardly.

Both ways run twice, since stock depends on it by a factor of 2.5: where Python may not keep the bytecode of packages, as in
containers (PYTHONDONTWRITEBYTECODE, and `pip install --no-compile`), and where it may. The limits of the first were set for this
project; those of the second keep what is reached.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

REPOSITORY = Path(__file__).resolve().parent.parent

# Fast / stock, at most. What is left of a warm run is loading Python's modules and CDKTF, and the constructs themselves;
# what is left of a cold one is compiling Python modules, and unpacking and writing 360 MB of AWS package.
MAX_WARM_CPU = {"not kept": 0.038, "kept": 0.11}
MAX_WARM_MEMORY = {"not kept": 0.11, "kept": 0.14}
MAX_COLD_CPU = 0.10
MAX_GROWTH = 1.3
"""CPU of a platform among 100 / CPU of a platform among 10, both without the first one's: above 1 is worse than linear."""
PLATFORM_CPU_BEFORE = 0.0092
"""CPU of one of 100 platforms, as a share of a stock run of one platform without kept bytecode, when the kernel ran behind a second
process."""
MAX_PLATFORM_CPU = 0.8
"""CPU of one of 100 platforms now, as a share of `PLATFORM_CPU_BEFORE`."""
MAX_KUBEFLOW_JSON_KIB = 200

PLATFORM_COUNTS = (1, 10, 100)
SAMPLE_SECONDS = 0.02
COLD_CACHE_BYTES = 1_500_000_000  # two package caches of 410 MB, with room

console = Console(highlight=False)


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    cpu_seconds: float
    wall_seconds: float
    peak_mib: float


def main() -> int:
    """Measure, print, and return 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--app", type=Path, default=REPOSITORY / "main.py", help="the program to run (default: main.py)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="warm runs of each way (default: 3)")
    parser.add_argument("--cold-rounds", type=int, default=1, help="first runs of each way (default: 1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=_folder_for_caches(), prefix="bench-") as folder:
        bench = Bench(Path(folder), options.app.resolve())
        cold = bench.compare("cold", options.cold_rounds)
        warm = {"not kept": bench.compare("warm", options.rounds)}
        bench.keeps_bytecode = True
        bench.compare("first", 1)
        warm["kept"] = bench.compare("warm", options.rounds)
        missed = _print_ratios(cold, warm) + bench.differences()
        if options.app == parser.get_default("app"):
            bench.keeps_bytecode = False
            stock = warm["not kept"]["stock"]
            stock_cpu = statistics.median(cost.cpu_seconds for cost in stock) if stock else None
            missed += _print_growth({count: bench.platforms(count) for count in PLATFORM_COUNTS}, stock_cpu)
            missed += _print_kubeflow(bench.folder / "fast" / "generated" / "stacks")
    for line in missed:
        console.print(f"[bold red]missed:[/] {line}")
    return 1 if missed else 0


class Bench:
    """The two ways of running one app, with caches and output of their own below one folder."""

    def __init__(self, folder: Path, app: Path) -> None:
        self.folder = folder
        self.app = app
        self.started = time.monotonic()
        self.keeps_bytecode = False
        _copy_bytecode_of_python(folder / "bytecode")
        _copy_bytecode_of_python(folder / "bytecode-kept")

    def compare(self, temperature: str, rounds: int) -> dict[str, list[Cost]]:
        """Run fast and stock in turn; cold starts each from empty caches, the others from what its last run left."""
        costs: dict[str, list[Cost]] = {"fast": [], "stock": []}
        for number in range(1, rounds + 1):
            for way in ("stock", "fast"):
                if temperature == "cold":
                    shutil.rmtree(self._caches(stock=way == "stock"), ignore_errors=True)
                costs[way].append(cost := self.run([self.app], way, stock=way == "stock"))
                self._say(f"{temperature} {number}/{rounds} {way}{', kept' * self.keeps_bytecode}", cost)
        return costs

    def run(self, command: Sequence[Path | str], output: str, *, stock: bool = False) -> Cost:
        """Run a Python program to its end.

        Raises:
            RuntimeError: it failed; its own message is above.
        """
        environment = {name: value for name, value in os.environ.items() if name != "CDKTF_STOCK_BINDINGS"}
        environment |= {"CDKTF_STOCK_BINDINGS": "1"} if stock else {}
        environment |= {
            "CDKTF_OUTDIR": str(self.folder / output / "generated"),  # as the cdktf command line sets it
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(self._caches(stock=stock) / "jsii"),
            "XDG_CACHE_HOME": str(self._caches(stock=stock)),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONPYCACHEPREFIX": str(self.folder / ("bytecode-kept" if self.keeps_bytecode else "bytecode")),
            "PYTHONDONTWRITEBYTECODE": "" if self.keeps_bytecode else "1",
        }
        (self.folder / output).mkdir(exist_ok=True)
        started = time.monotonic()
        process = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL)
        peak = 0.0
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            peak = max(peak, _resident_mib(process.pid))
            time.sleep(SAMPLE_SECONDS)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command[0]}: exit status {process.returncode}; see its message above")
        return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - started, peak)

    def _caches(self, *, stock: bool) -> Path:
        """Each way has its own: stock would otherwise read the index of types that the fast bindings write."""
        return self.folder / ("caches-stock" if stock else "caches-fast")

    def differences(self) -> list[str]:
        """Say which files the two ways wrote differently; nothing at all is a difference too."""
        fast, stock = (_tree(self.folder / way / "generated") for way in ("fast", "stock"))
        different = sorted(name for name in fast.keys() | stock.keys() if fast.get(name) != stock.get(name))
        if not stock:
            return [f"{self.app.name} wrote nothing below CDKTF_OUTDIR"]
        console.print(f"output: {len(stock)} files, {sum(map(len, stock.values())):,} bytes, {len(different)} differ")
        return [f"{name}: fast and stock wrote different bytes" for name in different]

    def platforms(self, count: int) -> Cost:
        """Synthesize `count` platforms that differ in name, by a program as a user would write it."""
        program = self.folder / f"main_{count}.py"
        program.write_text(
            "from cli.main_file import platforms\n"
            "from kubeflow_aws import synthesize\n\n"
            "ONE = platforms()[0]\n"
            f"synthesize(*(ONE.with_changes(name=f'p{{n}}') for n in range({count})))\n",
            encoding="utf-8",
        )
        cost = self.run([program], f"platforms-{count}")
        self._say(f"{count} platforms", cost)
        return cost

    def _say(self, what: str, cost: Cost) -> None:
        elapsed = time.monotonic() - self.started
        console.print(f"{elapsed:4.0f} s  {what:21} {cost.cpu_seconds:6.2f} s CPU {cost.peak_mib:5.0f} MiB")


def _folder_for_caches() -> str:
    """Return where the caches go: in memory if it has room, so that a slow disk's 4,500 new files do not drown the rest.

    On one machine's ext4 creating them took 1 to 5 s of system time for either way; on tmpfs 0.1 s.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > COLD_CACHE_BYTES
    return str(memory) if roomy else tempfile.gettempdir()


def _copy_bytecode_of_python(folder: Path) -> None:
    """Let a folder of PYTHONPYCACHEPREFIX hold the bytecode of the standard library, as it is installed, and of no package."""
    library = Path(sysconfig.get_path("stdlib"))
    for path in library.rglob(f"__pycache__/*.{sys.implementation.cache_tag}.pyc"):
        source = path.parent.parent
        if "site-packages" not in source.parts:
            into = folder / source.relative_to(source.anchor)
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, into)


def _resident_mib(pid: int) -> float:
    """Sum the resident size of a process and its descendants; those that end meanwhile count as nothing."""
    total = 0
    try:
        tree = psutil.Process(pid)
        for process in [tree, *tree.children(recursive=True)]:
            total += process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return total / 2**20
    return total / 2**20


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _print_ratios(cold: dict[str, list[Cost]], warm: dict[str, dict[str, list[Cost]]]) -> list[str]:
    """Print fast against stock, and return the targets that were missed.

    Args:
        cold: costs by way, without kept bytecode.
        warm: the same by whether bytecode is kept.
    """
    table = Table(title="fast bindings against stock (medians)")
    for heading in ("", "fast", "stock", "ratio", "at most"):
        table.add_column(heading, justify="left" if not heading else "right")
    missed = []
    rows: list[tuple[str, dict[str, list[Cost]], str, str, float | None]] = []
    for bytecode, costs in warm.items():
        rows += [
            (f"warm CPU, bytecode {bytecode}", costs, "cpu_seconds", "s", MAX_WARM_CPU[bytecode]),
            (f"warm memory, bytecode {bytecode}", costs, "peak_mib", "MiB", MAX_WARM_MEMORY[bytecode]),
            (f"warm wall, bytecode {bytecode}", costs, "wall_seconds", "s", None),
        ]
    rows += [
        ("cold CPU, all caches empty", cold, "cpu_seconds", "s", MAX_COLD_CPU),
        ("cold memory", cold, "peak_mib", "MiB", None),
    ]
    for what, costs, attribute, unit, limit in rows:
        if not costs["fast"]:
            continue
        fast, stock = (statistics.median(getattr(cost, attribute) for cost in costs[way]) for way in ("fast", "stock"))
        ratio = fast / stock
        table.add_row(
            what, f"{fast:.2f} {unit}", f"{stock:.2f} {unit}", f"{ratio:.3f}", f"{limit:.3f}" if limit else ""
        )
        if limit and ratio > limit:
            missed.append(f"{what}: {ratio:.3f} of stock, at most {limit:.3f}")
    console.print(table)
    return missed


def _print_growth(costs: dict[int, Cost], stock_cpu: float | None) -> list[str]:
    """Print what 1, 10 and 100 platforms cost, and return a line for each limit that is missed.

    Args:
        costs: number of platforms to what one run of them took.
        stock_cpu: seconds of CPU of one warm stock run of one platform; None where none was made.
    """
    table = Table(title="platforms of main.py in one run")
    for heading in ("platforms", "CPU s", "wall s", "peak MiB", "CPU s per platform"):
        table.add_column(heading, justify="right")
    for count, cost in costs.items():
        per_platform = f"{cost.cpu_seconds / count:.3f}"
        table.add_row(
            str(count), f"{cost.cpu_seconds:.2f}", f"{cost.wall_seconds:.2f}", f"{cost.peak_mib:.0f}", per_platform
        )
    console.print(table)
    one, ten, hundred = (costs[count].cpu_seconds for count in PLATFORM_COUNTS)
    growth = ((hundred - one) / 99) / ((ten - one) / 9)
    missed = []
    if growth > MAX_GROWTH:
        missed.append(f"a platform costs {growth:.2f} times as much among 100 as among 10, at most {MAX_GROWTH}")
    if stock_cpu:
        share = hundred / 100 / stock_cpu / PLATFORM_CPU_BEFORE
        console.print(f"CPU of one of 100 platforms: {share:.2f} of before, at most {MAX_PLATFORM_CPU:.2f}")
        if share > MAX_PLATFORM_CPU:
            missed.append(f"one of 100 platforms takes {share:.2f} of the CPU before, at most {MAX_PLATFORM_CPU}")
    return missed


def _print_kubeflow(stacks: Path) -> list[str]:
    """Print what Kubeflow's stacks weigh and how long vendoring takes, and return a line when a stack is too heavy."""
    missed = []
    for folder in sorted(stacks.glob("*-kubeflow*")):
        json_kib = (folder / "cdk.tf.json").stat().st_size / 1024
        charts = [path.stat().st_size for path in (folder / "charts").rglob("*") if path.is_file()]
        console.print(
            f"{folder.name}: {json_kib:.0f} KiB of JSON, {len(charts)} chart files, {sum(charts) / 2**20:.1f} MiB"
        )
        if json_kib > MAX_KUBEFLOW_JSON_KIB:
            missed.append(f"{folder.name}: {json_kib:.0f} KiB of JSON, at most {MAX_KUBEFLOW_JSON_KIB}")
    if "KUBEFLOW_UPSTREAM" not in os.environ:
        console.print("vendoring: not measured; name upstream's folder in KUBEFLOW_UPSTREAM")
        return missed
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "cli", "vendor"], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    console.print(f"vendoring everything of the catalogue: {time.monotonic() - started:.0f} s")
    return missed


if __name__ == "__main__":
    sys.exit(main())
