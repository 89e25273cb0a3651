"""The other engines: how each is built or installed, and how it is run."""
import os
import pathlib
import re
import shutil
import subprocess

import machine

MILLION = 1_000_000
JOBS = ["J1", "J2", "J3a", "J3"]
# The programs for J3a.
HERE = pathlib.Path(__file__).resolve().parent / "programs"


class Missing(Exception):
    """Why an engine could not be built, installed or run; in few words, and without the paths of this machine."""

    def __init__(self, reason):
        words = re.sub(r"\(?(?<![\w.])/[\w./-]+\)?", "", reason).split()
        super().__init__(" ".join(words)[:160])


def call(command, limit=1800, **rest):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, **rest)
    except FileNotFoundError:
        raise Missing(f"{command[0]} is not here")
    except subprocess.TimeoutExpired:
        raise Missing(f"{command[0]} took longer than {limit} s")
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        telling = [line for line in said if "error" in line.lower()] or said or ["it gave no reason"]
        raise Missing(f"{pathlib.Path(command[0]).name} failed: {telling[-1]}")
    return done.stdout


class Engine:
    version = None

    def __init__(self, name, title, jobs, here=None, threads=False, rounds=1000):
        """`jobs` gives each job's customers, `here` the source of those whose program stands in this project."""
        self.name, self.title, self.jobs, self.threads, self.rounds = name, title, jobs, threads, rounds
        self.here = here or {}

    def source(self):
        """The file in the folder of peers without which it cannot be measured."""

    def place(self, job, peers):
        """The folder that holds the program for a job, none where it is not known; and the source in that."""
        return (HERE, self.here[job]) if job in self.here else (peers, self.source())

    def found(self, job, peers):
        folder, source = self.place(job, peers)
        if not folder:
            return "no folder of peers given"
        return "source found" if (pathlib.Path(folder) / source).exists() else "no source found"

    def prepare(self, jobs, peers, scratch, python):
        """Builds or installs what some of its jobs need."""
        self.programs, built = {}, {}
        for job in jobs:
            folder, source = self.place(job, peers)
            if not (folder / source).exists():
                raise Missing(f"no {source} where programs stand")
            if source not in built:
                built[source] = self.build(folder, source, scratch, python)
            self.programs[job] = built[source]

    def command(self, job, customers, threads):
        return self.programs[job] + [job, "-n", customers] + (["--threads", threads] if self.threads else [])


class Cargo(Engine):
    def __init__(self, name, title, jobs, folder, options=None, **rest):
        super().__init__(name, title, jobs, **rest)
        self.folder, self.options = folder, options

    def needs(self):
        return "cargo and the registry"

    def source(self):
        return f"{self.folder}/Cargo.toml"

    def build(self, folder, source, scratch, python):
        if self.options:
            self.version = "; ".join(f"{job}: {' '.join(self.options(job)) or 'as it comes'}" for job in self.jobs)
        name = pathlib.Path(source).parent.name
        copy = scratch / name
        shutil.copytree(folder / name, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
        for path in [copy, *copy.rglob("*")]:
            if "target" not in path.parts:
                path.chmod(path.stat().st_mode | 0o200)
        # A folder of its own for what is built, whatever polku's is.
        rest = {key: value for key, value in os.environ.items() if key != "CARGO_TARGET_DIR"}
        call(["cargo", "build", "--release", "--locked"], cwd=copy, env=rest)
        return [str(copy / "target/release" / name)]

    def command(self, job, customers, threads):
        return super().command(job, customers, threads) + (self.options(job) if self.options else [])


class Python(Engine):
    def __init__(self, name, title, jobs, file, packages, options=(), **rest):
        super().__init__(name, title, jobs, **rest)
        self.file, self.packages, self.options = file, packages, list(options)

    def needs(self):
        return "pip install " + " ".join(self.packages)

    def source(self):
        return self.file

    def build(self, folder, source, scratch, python):
        # An environment each: some of them pin versions that others cannot live with.
        home = scratch / f"venv-{self.name}"
        own = str(home / "bin/python")
        package, _, pinned = self.packages[0].partition("==")
        named = f"import importlib.metadata as m; print(m.version('{package}'))"
        has = subprocess.run([own, "-c", named], capture_output=True, text=True).stdout.strip() if home.exists() else ""
        if not has or pinned not in ("", has):
            call([python, "-m", "venv", "--clear", str(home)])
            call([own, "-m", "pip", "install", "--quiet", *self.packages])
        self.version = call([own, "-c", named]).strip()
        # A copy, because some of them write what they compiled beside the program.
        copies = scratch / "python"
        copies.mkdir(exist_ok=True)
        for file in folder.glob("*.py"):
            shutil.copyfile(file, copies / file.name)
        return [own, str(copies / source), *self.options]


class Cpp(Engine):
    def needs(self):
        return "g++, and epiworld.hpp in the folder of peers"

    def source(self):
        return "epiworld_peer/main.cpp"

    def build(self, folder, source, scratch, python):
        header = next(iter(sorted(folder.rglob("epiworld.hpp"))), None)
        if not header:
            raise Missing("no epiworld.hpp in the folder of peers: a C++ header library without a package")
        program = str(scratch / self.name)
        call(["g++", "-O3", "-std=c++20", "-I", str(header.parent), str(folder / source), "-o", program])
        return [program]

    def command(self, job, customers, threads):
        return self.programs[job] + [job, customers]


class R(Engine):
    def needs(self):
        return "Rscript with hesim; its model is the closest it has to J1, in continuous time"

    def source(self):
        return "hesim_peer.R"

    def build(self, folder, source, scratch, python):
        call(["Rscript", "-e", "library(hesim)"])
        return ["Rscript", str(folder / source)]

    def command(self, job, customers, threads):
        return self.programs[job] + [customers]


def limit(philox):
    """What the limit kernel is asked for, by what the processor has; its own generator needs AES in hardware."""
    def options(job):
        has = machine.flags()
        if {"avx512f", "avx512bw", "avx512vl"} <= has:
            return ["--rng", "philox10"] if philox else []
        if "avx2" not in has:
            raise Missing("it needs AVX2 or AVX-512")
        if job == "J1":
            return ["--isa", "avx2", "--rng", "philox10", "--kernel", "lanes"]
        return ["--isa", "avx2"] + (["--rng", "philox10"] if philox else [])
    return options


def both(customers):
    return {"J1": customers, "J2": customers}


def every(customers):
    return both(customers) | {"J3a": customers}


ENGINES = [
    Cargo("limit", "limit kernel, ARS-5 where it can", both(MILLION), "limit", limit(False), threads=True),
    Cargo("limit-philox", "limit kernel, Philox4x32-10", both(MILLION), "limit", limit(True), threads=True),
    Cargo("rust_plain", "Rust in an afternoon", every(MILLION), "rust_plain",
          here={"J3a": "rust_plain_j3a/Cargo.toml"}, threads=True),
    Python("numba", "Numba", every(MILLION), "numba_peer.py", ["numba==0.68.1", "numpy"],
           here={"J3a": "numba_j3a.py"}, threads=True),
    Python("jax", "JAX", both(MILLION), "jax_peer.py", ["jax", "numpy"], threads=True, rounds=2),
    Python("jax-inversion", "JAX, Poisson by inversion", {"J2": MILLION}, "jax_peer.py", ["jax", "numpy"],
           options=["--inversion"], threads=True, rounds=2),
    Python("numpy", "NumPy", both(MILLION), "numpy_peer.py", ["numpy"], threads=True),
    Cpp("epiworld", "epiworld", both(MILLION), rounds=4),
    Python("mesa-frames", "mesa-frames", both(MILLION), "mesa_frames_peer.py", ["mesa-frames", "numpy"], threads=True),
    Cargo("ixa", "ixa", both(MILLION), "ixa_peer", rounds=4),
    Cargo("krabmaga", "krABMaga", both(100_000), "krabmaga_peer"),
    R("hesim", "hesim", {"J1": MILLION}, rounds=4),
    Python("neworder", "neworder", both(MILLION), "neworder_peer.py", ["neworder", "numpy", "pandas"], rounds=3),
    Cargo("nexosim", "nexosim", both(200_000), "nexosim_peer", rounds=4),
    Python("mesa", "Mesa", {"J1": 100_000, "J2": 50_000}, "mesa_peer.py", ["mesa", "numpy", "networkx"], rounds=3),
    Python("simpy", "SimPy", both(20_000) | {"J3": 50_000}, "simpy_peer.py", ["simpy", "numpy"],
           here={"J3": "simpy_j3.py"}, rounds=3),
    Python("ciw", "Ciw", {"J1": 500}, "ciw_peer.py", ["ciw", "numpy"], rounds=3),
]
