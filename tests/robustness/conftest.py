"""An invented study large enough for claims: three outlets, 24 articles each, over four weeks."""

import json
import random
import shutil

import numpy as np
import pytest

from framing.robustness import RobustnessGrid, run_robustness
from framing.study import load_study

OUTLETS = ("صحيفة ألف", "قناة جيم", "موقع باء")
NEUTRAL_WORDS = (
    "المدينة الضفة الشارع السوق المدرسة الحديقة الميدان المحطة البلدة الشتاء الصيف الربيع الخريف النهر الساحل الجبل"
    " السهل المصنع المتحف المكتبة المسرح الملعب القطار الحافلة السفينة الميناء المطار الرصيف البوابة الساحة القرية"
    " المخبز البستان الحقل المرصد الفندق المعرض المختبر الجامعة الكلية النادي المجلس اللجنة الفريق الموسم الأسبوع"
    " الصباح المساء الظهيرة الطريق المنعطف التل الوادي البحيرة الجزيرة الشاطئ المنارة الورشة المخزن الدكان"
)
NEUTRAL = NEUTRAL_WORDS.split()
FRAMES = {
    "safety": "خطر انهيار الممر يهدد سلامة العابرين",
    "economy": "كلفة المشروع ترهق موازنة البلدية وديون",
    "rights": "من حق السكان تعويض بحكم القانون",
}
# How many of an outlet's articles of 24 say each frame in their title.
SAID = {"صحيفة ألف": (18, 4, 3), "قناة جيم": (3, 16, 4), "موقع باء": (6, 5, 12)}


def _article(rng, outlet, number):
    said = [phrase for phrase, n in zip(FRAMES.values(), SAID[outlet], strict=True) if (number * 7) % 24 < n]
    pick = lambda n: " ".join(rng.sample(NEUTRAL, n))  # noqa: E731 - a name for the reader
    return {
        "id": f"{OUTLETS.index(outlet)}-{number}", "outlet": outlet,
        "title": f"جسر {pick(3)} {' و'.join(said)}".strip(),
        "text": f"{pick(12)} قرب جسر.\n\n{pick(14)}.\n\n{pick(13)} {said[0] if said else ''}.\n\n{pick(15)}.",
        "date": f"2031-03-{1 + number:02d}", "genre": "news",
    }  # fmt: skip


@pytest.fixture(scope="session")
def study_file(tmp_path_factory):
    """Write the study into a folder; give the path of its file."""
    from pathlib import Path

    folder = tmp_path_factory.mktemp("claims")
    rng = random.Random(7)
    rows = [_article(rng, outlet, number) for outlet in OUTLETS for number in range(24)]
    rows.append(_article(rng, OUTLETS[0], 3) | {"id": "off", "title": "السوق", "date": "2031-03-09"})
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "articles.jsonl").write_text(text + "\n", encoding="utf-8")
    shutil.copy(Path(__file__).parents[1] / "data" / "codebook.yaml", folder / "codebook.yaml")
    (folder / "study.yaml").write_text(
        "title: {ar: جسر مخترع, en: An invented bridge}\narticles: [articles.jsonl]\nrelevance: {query: [جسر]}\n"
        "codebook: codebook.yaml\nencoder: lexical\ncompare: {n_boot: 100, n_perm: 400}\n"
        "report: {language: both}\nsynthetic: true\nseed: 7\n",
        encoding="utf-8",
    )
    return folder / "study.yaml"


@pytest.fixture(scope="session")
def study(study_file):
    return load_study(study_file)


class OtherEncoder:
    """Vectors from the letters of a text, another encoder than the fake one."""

    name, revision, precision, n_dims = "other", "1", "fp32", 40

    def encode(self, texts):
        rows = np.array([[1.0 + text.count(chr(0x0621 + k)) for k in range(self.n_dims)] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="session")
def small_grid():
    return RobustnessGrid(
        encoders=(OtherEncoder(),), example_draws=1, topic_seeds=0, copies=("keep", "own"),
        article_rules=("title_or_lead", "any"),
    )  # fmt: skip


@pytest.fixture(scope="session")
def found(study, shared_encoder, small_grid):
    """Give one robustness check, without the topic layer, for all that only look at it."""
    return run_robustness(study, grid=small_grid, encoder=shared_encoder)
