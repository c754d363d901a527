"""A results folder of invented articles, built in a moment: no model, the states are written by hand."""

import json

import pandas as pd
import pytest

from framing.comparison import compare_outlets
from framing.files import write_csv, write_json, write_parquet, write_text

OUTLETS = ["صحيفة ألف", "قناة جيم", "موقع باء الإخباري للشؤون الدولية"]
TITLES = [
    "مسؤول في موسكو يصف وصول الجنود بأنه شأن سيادي",
    "تحذير من اتساع الحرب بعد وصول جيش ثالث إلى الجبهة",
    "قلق في عواصم أوروبية من تبعات الاتفاق على أمن القارة",
    "وصول ثلاثة عشر ألف حاوية إلى الميناء منذ الصيف",
]
BODIES = [
    "قال متحدث باسم الكرملين إن «القرار يخص روسيا وحدها ولا شأن لأحد به»، مضيفًا أن المعاهدة نُشرت كاملة وأن"
    " بنودها واضحة لمن أراد أن يقرأها وأن من حق الدولتين أن تتحالفا كما تتحالف سائر الدول في العالم.",
    "ورأى محللون أن دخول قوات من دولة ثالثة ينقل المواجهة إلى مرحلة جديدة.",
    "وأعربت ألمانيا عن قلقها من رد الفعل المحدود.",
    "ونقلت السفن شحنات متتابعة خلال الأشهر الأخيرة.",
]
CARRIED = ["sovereignty.claimed", "escalation.by_west", "european_concern", ""]
CODEBOOK = """
id: small
title: {ar: دليل صغير للتدريب, en: A small codebook}
version: "0.3"
citation: A codebook for tests.
frames:
- id: escalation
  name: {ar: ESCALATION_AR, en: ESCALATION_EN}
  definition: {ar: توسيع للحرب أو اشتداد لها., en: A widening of the war.}
  functions: [problem]
  include: [عتبة تُجتاز]
  exclude: [وقائع مجردة]
  terms: [تصعيد, توسيع الحرب]
  veto: [صعيد]
  source: Entman (1993)
- id: by_west
  parent: escalation
  name: {ar: من الغرب وأوكرانيا, en: by the West and Ukraine}
  definition: {ar: الغرب هو من يوسّع الحرب., en: The West widens the war.}
- id: sovereignty
  name: {ar: إطار السيادة والشرعية القانونية, en: Sovereignty and legality}
  definition: {ar: حق الدولة أو انتهاكه., en: A right of a state or its violation.}
  functions: [moral]
  terms: [سيادة]
- id: claimed
  parent: sovereignty
  name: {ar: حق يُدّعى, en: claimed}
  definition: {ar: حق تقول به الدولة., en: A right that a state claims.}
- id: european_concern
  name: {ar: إطار القلق الأوروبي, en: European concern}
  definition: {ar: قلق أوروبي., en: European worry.}
  functions: [problem]
  terms: [قلق]
"""
EXAMPLES = {
    "escalation": "دخل جيش ثالث الحرب فاتسعت.", "by_west": "الغرب يؤجج الحرب.", "sovereignty": "انتهاك سيادة دولة.",
    "claimed": "هذا شأننا وحدنا.", "european_concern": "برلين قلقة مما يجري.",
}  # fmt: skip
MANIFEST = {
    "framing_version": "0.1.0",
    "command": "framing run /home/somebody/secret/study.yaml --out=/home/somebody/out",
    "inputs": [{"path": "/home/somebody/secret/articles.csv", "sha256": "a" * 64, "rows": 14}],
    "codebook": {"name": "small", "version": "0.3", "sha256": "b" * 64},
    "encoder": {"name": "e5-small", "revision": "0.3.0", "precision": "int8", "n_dims": 384},
    "seed": 7,
    "packages": {"numpy": "2.4.6", "pandas": "3.1.1"},
    "machine": {"python": "3.11.9", "system": "Linux", "host": "secret-host", "user": "somebody"},
    "counts": {"found": 14, "rejected": 1, "set_aside": 1, "copies": 2, "articles": 12, "units": 24},
    "vectors": {"embedded": 20, "from_store": 4},
    "seconds": {"units": 0.1},
    "outputs": [{"path": "frames.parquet", "sha256": "c" * 64}],
}


def codebook_text(escalation="إطار التصعيد"):
    text = CODEBOOK.replace("ESCALATION_AR", json.dumps(escalation, ensure_ascii=False))
    text = text.replace("ESCALATION_EN", json.dumps(escalation if "<" in escalation else "Escalation"))
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("- id: "):
            frame = line.removeprefix("- id: ")
            lines.append(f'  examples: [{{text: "{EXAMPLES[frame]}", style: agency}}]')
    return "\n".join(lines)


def make_tables(n_per_outlet, outlets, carried, title_prefix=""):
    articles, units, voices, frames, unit_topics = [], [], [], [], []
    for o, outlet in enumerate(outlets):
        for number in range(n_per_outlet):
            article, kind = f"{o}-{number:03d}", (number + o * (number % 3)) % 4
            articles.append((article, outlet, title_prefix + TITLES[kind], True))
            for n, (part, text) in enumerate((("title", title_prefix + TITLES[kind]), ("lead", BODIES[kind]))):
                unit = f"{article}#{n}"
                units.append((unit, article, n, part, text, 0, len(text)))
                voice = ("own", "attributed", "own", "own")[kind] if n else "own"
                voices.append((unit, 0, len(text) // 2, voice))
                if n and kind == 0:
                    voices.append((unit, 0, len(text), "quoted"))
                states = dict.fromkeys(("escalation", *filter(None, carried), "sovereignty"), "none")
                if carried[kind]:
                    states[carried[kind]] = "carried"
                    states[carried[kind].partition(".")[0]] = "carried"
                elif n == 0 and number % 2:
                    states["escalation"] = "contested"
                frames += [(unit, frame, 0.5 + 0.01 * number, state) for frame, state in states.items()]
                unit_topics.append((unit, (0, 1, 2, -1)[kind], 0.5))
    return {
        "articles": pd.DataFrame(articles, columns=["article_id", "outlet", "title", "on_story"]),
        "units": pd.DataFrame(units, columns=["unit_id", "article_id", "n", "part", "text", "start", "end"]),
        "voices": pd.DataFrame(voices, columns=["unit_id", "start", "end", "voice"]).assign(
            speaker=None, verb=None, stance=None
        ),
        "frames": pd.DataFrame(frames, columns=["unit_id", "frame", "score", "state"]),
        "unit_topics": pd.DataFrame(unit_topics, columns=["unit_id", "topic", "margin"]),
    }


def make_topics(unit_topics, words):
    rows = []
    for topic, package in ((-1, None), (0, "sovereignty"), (1, "escalation"), (2, None)):
        ids = unit_topics.loc[unit_topics["topic"] == topic, "unit_id"].tolist()
        rows.append((topic, len(ids), [] if topic == -1 else words, package, None, ids[:6]))
    return pd.DataFrame(rows, columns=["topic", "n_units", "words", "package", "name", "representative"])


@pytest.fixture
def build_folder(tmp_path):
    """Give a function that writes a results folder and returns its path."""

    def build(
        n_per_outlet=4, *, outlets=tuple(OUTLETS), carried=tuple(CARRIED), synthetic=True, escalation="إطار التصعيد",
        words=("روسيا", "الجنود", "الجبهة"), title_prefix="", title="دراسة التدريب", reason="too_short", **settings,
    ):  # fmt: skip
        folder = tmp_path / "run"
        tables = make_tables(n_per_outlet, outlets, carried, title_prefix)
        tables["topics"] = make_topics(tables["unit_topics"], list(words))
        tables["copies"] = pd.DataFrame(
            {"article_id": ["0-001", "1-001"], "copy_group": "c0001", "copy_role": ["original", "copy"]}
        )
        for name, table in tables.items():
            write_parquet(folder / f"{name}.parquet", table)
        result = compare_outlets(
            tables["frames"], tables["units"], tables["articles"], voices=tables["voices"], n_boot=100, n_perm=200
        )
        for name, table in result.tables().items():
            write_csv(folder / "comparison" / f"{name}.csv", table)
        steps = ("found", "readable", "arabic", "long_enough", "on_story", "not_self_reprint", "analysed")
        flow = [(step, outlet, n_per_outlet + 6 - k) for k, step in enumerate(steps) for outlet in outlets]
        write_csv(folder / "flow.csv", pd.DataFrame(flow, columns=["step", "outlet", "n"]))
        write_csv(folder / "rejected.csv", pd.DataFrame({"file": ["a.csv"], "row": [3], "reason": ["empty text"]}))
        write_csv(folder / "set_aside.csv", pd.DataFrame({"outlet": [outlets[0]], "reason": [reason]}))
        write_text(folder / "codebook.yaml", codebook_text(escalation))
        effective = {
            "title": {"ar": title, "en": title if "<" in title else "A study for training"}, "synthetic": synthetic,
            "article_rule": "title_or_lead", "copies": "keep", "unit": "sentence", "seed": 7,
            "relevance": {"query": ["كوريا الشمالية", "كورسك"]}, "report": {"language": "ar", "text": "snippet"},
            "compare": {"level": 0.95, "n_boot": 100, "n_perm": None, "family": "all_pairs", "min_articles": 10},
            "comparison": {"n_perm": 200},
        }  # fmt: skip
        write_json(folder / "settings.json", effective | settings)
        write_json(folder / "manifest.json", MANIFEST | {"study": {"synthetic": synthetic}})
        return folder

    return build
