"""The machine that is measured on: what it is, and how to stay on its cores."""
import os
import pathlib
import platform
import shutil


def _cpuinfo():
    file = pathlib.Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line)


def flags():
    return set(_cpuinfo().get("flags", _cpuinfo().get("Features", "")).split())


def described():
    names = {"avx512f": "AVX-512", "avx2": "AVX2", "fma": "FMA", "aes": "AES", "asimd": "NEON", "sse4_2": "SSE4.2"}
    has = [name for flag, name in names.items() if flag in flags()]
    name = _cpuinfo().get("model name") or platform.processor() or platform.machine()
    family = _cpuinfo()
    if "cpu family" in family:
        name += f" (family {family['cpu family']}, model {family['model']})"
    return f"{os.cpu_count()} cores of {name} with {', '.join(has) or 'no vectors known'}"


def pin(threads, turn):
    """Holds a run on as many cores as it has threads; on one, the rounds take turns at the cores."""
    if not shutil.which("taskset"):
        return []
    cores = sorted(os.sched_getaffinity(0))
    chosen = [cores[turn % len(cores)]] if threads == 1 else cores[:threads]
    return ["taskset", "-c", ",".join(map(str, chosen))]
