"""What every benchmark here needs: a command as a fresh process, the machine, medians. Standard library only."""

import json
import os
import platform
import shlex
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def measured(command: list[str], environment: dict[str, str] | None = None) -> dict:
    """Runs a command; wall-clock seconds, peak resident MiB and the JSON that it printed last.

    Raises RuntimeError with the end of what it said when it fails.
    """
    start = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **(environment or {})}) as process:
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)} left with {process.returncode}\n{printed[-2000:]}")
    report = json.loads(printed[printed.index("{"):])
    return {"wall": time.monotonic() - start, "peak_mib": usage.ru_maxrss / 1024, "report": report}


def machine() -> dict:
    """What the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    facts = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    wanted = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni", "amx_tile")
    return {"cpu": facts.get("model name", platform.processor()), "cores": os.cpu_count(),
            "flags": [flag for flag in wanted if flag in facts.get("flags", "").split()],
            "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
            "load": os.getloadavg()[0]}


def spread(values: list[float]) -> dict:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}
