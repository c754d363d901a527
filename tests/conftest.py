"""What every test can ask for: a cache of its own, an encoder with known vectors, a small corpus."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from framing.codebook import load_codebook
from framing.frames import FrameAssignment
from framing.vectors import Vectors

DATA = Path(__file__).parent / "data"
# A machine that is busy makes no text wrong: time is measured as growth, not by the clock.
settings.register_profile("framing", deadline=None)
settings.load_profile("framing")


@pytest.fixture(scope="session", autouse=True)
def _session_cache(tmp_path_factory):
    """Keep fixtures that outlive one test out of the user's cache too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMING_CACHE", str(tmp_path_factory.mktemp("session_cache")))
        yield


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """Give every test an empty cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FRAMING_CACHE", str(folder))
    return folder


class FakeEncoder:
    """Vectors that depend on the text alone and are known without a model.

    The first five dimensions count the stems of `STEMS` (no stem: dimension 5); the other
    ten hold a small share of the text's SHA-256, so that different texts differ.
    `seen` lists every text it was given.
    """

    STEMS = ("خطر", "كلف", "طيور", "تعويض", "تقصير")

    name = "fake"
    revision = "1"
    precision = "fp32"
    n_dims = 16

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        rows = np.array([self._row(text) for text in texts], dtype=np.float32).reshape(len(texts), self.n_dims)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _row(self, text: str) -> list[float]:
        found = [float(text.count(stem)) for stem in self.STEMS]
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:10]
        return [*found, float(not any(found)), *(0.1 * (byte / 255 - 0.5) for byte in digest)]


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture(scope="session")
def shared_encoder() -> FakeEncoder:
    """Give one fake encoder to fixtures that outlive a test; `seen` then lists the texts of all."""
    return FakeEncoder()


@pytest.fixture
def data() -> Path:
    """Give the folder of the small study: articles.jsonl, codebook.yaml, study.yaml."""
    return DATA


@pytest.fixture
def small_corpus() -> pd.DataFrame:
    """Give the twelve articles with the columns that units, copies and comparison read."""
    lines = (DATA / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    table = pd.DataFrame([json.loads(line) for line in lines])
    return table.rename(columns={"id": "article_id", "date": "published_date"})


@pytest.fixture
def growth() -> Callable[[Callable[[str], object], str], float]:
    """Give a function that measures time(2n) / time(n), about 2 where time is linear and 4 where it is quadratic.

    CPU time, and the lowest of up to five rounds: other jobs on the machine must not decide.
    """

    def seconds(function: Callable[[str], object], text: str) -> float:
        start = time.process_time()
        function(text)
        return time.process_time() - start

    def measure(function: Callable[[str], object], text: str) -> float:
        ratio = float("inf")
        for _ in range(5):
            ratio = min(ratio, seconds(function, text * 2) / max(seconds(function, text), 0.005))
            if ratio < 3:
                break
        return ratio

    return measure


ABOUT = {"name": "made", "revision": "1", "precision": "fp32", "n_dims": 8}
OUTLETS = ["صحيفة الفنار", "قناة جيم"]
# Three groups of sentences; every one holds function words, a reporting verb and the name of an outlet.
GROUPS = {
    "safety": "وقالت صحيفة الفنار إن انهيار الأعمدة في {} خطر على هذا الممر",
    "economy": "وأضافت قناة جيم أن كلفة الموازنة في {} زادت خلال ذلك العام",
    "": "وذكرت صحيفة الفنار أن طيور النهر في {} هاجرت منذ الشتاء",
}
PLACES = ["القرية", "المدينة", "الضاحية", "البلدة", "الميناء", "الحقول", "الجزيرة", "الغابة", "الصحراء", "الهضبة"]


@pytest.fixture(scope="session")
def make():
    """Give a function that makes an assignment and vectors of three tight groups of units."""
    codebook = load_codebook(DATA / "codebook.yaml")

    def made(n, *, spread=0.05, apart=True):
        rng = np.random.default_rng(0)
        names = list(GROUPS)
        kinds = [i % 3 if apart else 0 for i in range(n)]
        texts = [GROUPS[names[k]].format(PLACES[(i // 3) % len(PLACES)]) for i, k in enumerate(kinds)]
        ids = [f"a{i // 2}#{i}" for i in range(n)]
        units = pd.DataFrame({"unit_id": ids, "article_id": [f"a{i // 2}" for i in range(n)], "text": texts})
        centres = np.eye(8, dtype=np.float32)[:3]
        matrix = centres[kinds] + rng.normal(0, spread, (n, 8)).astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        rows = [
            (ids[i], frame, 0.9 if names[kinds[i]] == frame else 0.1, "carried" if names[kinds[i]] == frame else "none")
            for i in range(n)
            for frame in ("safety", "economy")
        ]
        frames = pd.DataFrame(rows, columns=["unit_id", "frame", "score", "state"])
        return FrameAssignment(frames, units, codebook), Vectors(tuple(ids), matrix, ABOUT)

    return made
