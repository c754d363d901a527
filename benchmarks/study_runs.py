"""One study in a process of its own: by hand, as in a notebook, or with `framing run`; and what it took.

`study.py` calls these; alone: `python benchmarks/study_runs.py hand FOLDER`, `teach STUDY`
or `ours STUDY OUT [fresh] [precomputed]`.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Took:
    """Seconds of the whole process, of its processors, peak memory in GB, and (wall, CPU) seconds per stage."""

    wall: float
    cpu: float
    peak: float
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


def run(*arguments: str, cache: Path) -> Took:
    """Run this file in a process of its own, libraries' loading included."""
    environment = os.environ | {"FRAMING_CACHE": str(cache), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu, said["peak"], {k: tuple(v) for k, v in said["stages"].items()}, said["facts"])


def peak_gigabytes() -> float:
    """Give this process's peak of memory; Linux only (`ru_maxrss` would start at what the parent had)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1e6  # type: ignore[index]


class Stopwatch:
    """Wall and CPU seconds per stage."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[float, float]] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.stages[stage] = (time.perf_counter() - wall, time.process_time() - cpu)

    def tell(self, **facts: float) -> None:
        """Print what `run` reads."""
        told = {"stages": self.stages, "peak": peak_gigabytes(), "facts": facts}
        sys.stdout.write(json.dumps(told) + "\n")


def hand(folder: Path) -> None:
    """Do what a notebook written by hand does: prepare, embed, cluster, tabulate, everything on its defaults."""
    watch = Stopwatch()
    with watch("import"):
        import pandas as pd
        from arabert.preprocess import ArabertPreprocessor
        from bertopic import BERTopic
        from sentence_transformers import SentenceTransformer
    with watch("read"):
        units = pd.read_csv(folder / "units.csv")
    with watch("prepare"):
        preprocessor = ArabertPreprocessor(model_name="aubmindlab/bert-base-arabertv02")
        texts = [preprocessor.preprocess(text) for text in units["text"]]
    with watch("vectors"):
        model = SentenceTransformer(str(folder / "model"), device="cpu")
        vectors = model.encode(texts)
    with watch("topics"):
        topics, _ = BERTopic(embedding_model=model).fit_transform(texts, vectors)
    with watch("comparison"):
        table = pd.crosstab(pd.Series(topics, name="topic"), units["outlet"])
        table.to_csv(folder / "crosstab.csv")
    watch.tell(units=len(texts), topics=len(table))


def ours(study: str, out: str, *options: str) -> None:
    """Run a whole study; `_Clock` of the pipeline is exchanged for one that counts CPU seconds too."""
    watch = Stopwatch()
    with watch("import"):
        from framing import pipeline
        from framing.folder import read_manifest

    class Clock(pipeline._Clock):
        @contextmanager
        def __call__(self, stage: str) -> Iterator[None]:
            with super().__call__(stage), watch(stage):
                yield

    pipeline._Clock = Clock  # type: ignore[misc]
    encoder = None
    if "precomputed" in options:
        from study_corpus import Precomputed

        encoder = Precomputed()
    with watch("whole"):
        results = pipeline.run_study(study, out=out, encoder=encoder, fresh="fresh" in options)
    counts = read_manifest(results.path)["counts"]
    watch.stages["other"] = _rest(watch.stages)
    unit_topics = results.tables["unit_topics"]["topic"]
    facts = {"topics": int(unit_topics.max()) + 1, "outliers": float((unit_topics == -1).mean())}
    vectors = {name: results.manifest["vectors"][name] for name in ("embedded", "from_store")}
    watch.tell(units=counts["units"], articles=counts["articles"], copies=counts["copies"], **facts, **vectors)


def teach(study: str) -> None:
    """Embed a codebook's examples and learn from them, as the first study with it does; nothing of a corpus."""
    watch = Stopwatch()
    from framing.codebook import load_codebook
    from framing.encoders import load_encoder
    from framing.frames import FrameModel
    from framing.study import load_study

    settings = load_study(study)
    encoder = load_encoder(settings.encoder, precision=settings.precision)
    FrameModel(load_codebook(settings.codebook), encoder=encoder, seed=settings.seed).fit()
    watch.tell()


def _rest(stages: dict[str, tuple[float, float]]) -> tuple[float, float]:
    """Give what no stage holds, and take clusters out of the stage of frames, which they are timed inside of."""
    whole = stages.pop("whole")
    if "topics" in stages:
        stages["frames"] = tuple(a - b for a, b in zip(stages["frames"], stages["topics"], strict=True))  # type: ignore[assignment]
    sums = [sum(values) for values in zip(*(v for k, v in stages.items() if k != "import"), strict=True)]
    return whole[0] - sums[0], whole[1] - sums[1]


if __name__ == "__main__":
    if sys.argv[1] == "hand":
        hand(Path(sys.argv[2]))
    elif sys.argv[1] == "teach":
        teach(sys.argv[2])
    else:
        ours(*sys.argv[2:])
