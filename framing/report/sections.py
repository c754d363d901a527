"""What each section of the page says: limits, summary, sentences, clusters, quotes.

No sentence ranks outlets or judges one. A sentence that names an outlet carries n, the
interval and the voice; the summary names none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from markupsafe import Markup

from framing.counts import unit_voices
from framing.report.language import Texts, ltr
from framing.report.results import Results
from framing.report.tables import Cell, Row, Table, number

# A frame that fewer articles carry, or a smaller part of the corpus, is not told from the model's own errors.
FEWEST_ARTICLES, FEWEST_SHARE = 5, 0.02
# Below this many articles, few of them with a frame say more of the corpus's size than of the codebook.
SMALL_CORPUS = 100
SNIPPET_WORDS, QUOTES_PER_ARTICLE = 25, 2
QUOTES_PER_CLUSTER, WORDS_PER_CLUSTER = 3, 10
# Under this share of articles on the codebook's own story, its frames are not what the model finds.
FEWEST_ON_CODEBOOK_STORY = 0.2


@dataclass(frozen=True)
class Presence:
    """How many articles carry each frame of the top level, and which frames are too rare to speak of."""

    carrying: Mapping[str, int]
    n_articles: int
    rare: tuple[str, ...]
    n_on_codebook_story: int | None = None

    @property
    def foreign(self) -> bool:
        """Whether the codebook belongs to another story: few articles match its own description of it."""
        known = self.n_on_codebook_story is not None and self.n_articles > 0
        return known and (self.n_on_codebook_story or 0) < FEWEST_ON_CODEBOOK_STORY * self.n_articles

    @property
    def hardly(self) -> bool:
        """Whether every frame is rare: the codebook is hardly present in this corpus."""
        return len(self.rare) == len(self.carrying)

    def spoken(self, frames: Iterable[str]) -> list[str]:
        """Give the frames whose differences may be stated."""
        return [frame for frame in frames if frame.partition(".")[0] not in self.rare]


@dataclass(frozen=True)
class Quote:
    """A snippet of an article, with where it stands."""

    text: str
    outlet: str
    voice: str
    unit_id: str


def judge_presence(results: Results) -> Presence:
    """Count the articles that carry each frame over all outlets."""
    shares = results.article_shares()
    carrying = shares.groupby("frame")["carried"].sum()
    n = int(shares.groupby("outlet")["n"].first().sum())
    least = max(FEWEST_ARTICLES, FEWEST_SHARE * n)
    counts = {frame: int(carrying.get(frame, 0)) for frame in results.parents}
    rare = tuple(frame for frame, count in counts.items() if count < least)
    counted = results.manifest.get("counts") or {}
    presence = Presence(counts, n, rare, counted.get("on_codebook_story"))
    return replace(presence, rare=tuple(counts)) if presence.foreign else presence


def foreign_note(presence: Presence, t: Texts) -> Markup:
    """Say that the codebook belongs to another story; empty where it does not."""
    if not presence.foreign:
        return Markup("")
    return t("limit_foreign", n=presence.n_on_codebook_story, articles=presence.n_articles)


def limits(results: Results, presence: Presence, t: Texts) -> list[Markup]:
    """Say what the figures cannot bear, before any figure."""
    said = [] if results.setting("validated", default=False) else [t("limit_exploratory")]
    if presence.foreign:
        said.append(foreign_note(presence, t))
    elif presence.hardly:
        key = "limit_weak" if presence.n_articles < SMALL_CORPUS else "limit_hardly"
        said.append(t(key, n=max(presence.carrying.values(), default=0), articles=presence.n_articles))
    elif presence.rare:
        said.append(t("limit_rare", frames=t.names([t.frame(frame) for frame in presence.rare])))
    shares = results.article_shares()
    n_small = shares[shares["flag"] != ""]["outlet"].nunique()
    if n_small:
        said.append(t("limit_small", n=n_small, least=results.setting("compare", "min_articles", default=10)))
    if len(results.outlets) < 2:
        said.append(t("limit_one_outlet"))
    if str((results.manifest.get("encoder") or {}).get("name", "")).startswith("static"):
        said.append(t("limit_static"))
    keys = ("limit_intervals", "limit_attenuation", "limit_elements", "limit_outlets", "limit_relay", "limit_unguided")
    return [*said, *(t(key) for key in keys)]


def summary(results: Results, presence: Presence, t: Texts) -> list[Markup]:
    """Give the corpus in numbers; frames over all outlets, no outlet by name."""
    n_units = len(results["units"])
    said = [t("summary_corpus", articles=presence.n_articles, outlets=len(results.outlets), units=n_units)]
    for frame, count in () if presence.foreign else presence.carrying.items():
        share = count / presence.n_articles if presence.n_articles else None
        values = {"frame": t.frame(frame), "n": count, "articles": presence.n_articles}
        said.append(t("summary_frame", share=ltr(t.percent(share)), **values))
    if not presence.hardly:
        tested = _spoken_differences(results, presence)
        level = 1 - float(results.setting("compare", "level", default=0.95))
        said.append(t("summary_tests", n=len(tested), found=int((tested["p_holm"] < level).sum())))
    return said


def _spoken_differences(results: Results, presence: Presence) -> pd.DataFrame:
    table = results["differences"]
    return table[table["tested"] & table["frame"].isin(presence.spoken(results.frames))]


def outlet_sentences(results: Results, frame: str, t: Texts) -> list[Markup]:
    """Say each outlet's share of articles with n, interval and the part in its own voice."""
    shares = results.article_shares()
    voices = results["by_voice"]
    chosen = voices[(voices["frame"] == frame) & (voices["voice"] == "own")]
    own = chosen.set_index("outlet")["share"].to_dict()
    level = 100 * float(results.setting("compare", "level", default=0.95))
    return [
        t(
            "sentence_outlet", frame=t.frame(frame), outlet=t.outlet(row["outlet"]), share=ltr(t.percent(row["share"])),
            span=ltr(t.span(row["low"], row["high"])), level=ltr(f"{level:g}%"), n=row["n"],
            own=ltr(t.percent(own.get(row["outlet"]))),
        )
        for row in shares[shares["frame"] == frame].to_dict("records")
        if row["n"] > 0
    ]  # fmt: skip


def detectable(results: Results, presence: Presence, t: Texts) -> list[Markup]:
    """Say, frame by frame, which differences this corpus could have shown."""
    mdd = results["mdd"].dropna(subset=["mdd"])
    if not len(mdd):
        return [t("mdd_none")]
    said = []
    for frame in presence.spoken(results.parents):
        part = mdd[mdd["frame"] == frame]
        if len(part):
            spans = {"span": _points_range(part["mdd"]), "strict": _points_range(part["mdd_family"])}
            said.append(t("mdd_frame", frame=t.frame(frame), **spans))
    return said


def _points_range(values: pd.Series[Any]) -> Markup:
    low, high = f"{100 * values.min():.0f}", f"{100 * values.max():.0f}"
    return ltr(low if low == high else f"{low}–{high}")


def layers_table(results: Results, t: Texts) -> Table:
    """The two layers, each adding to 1: how many frames a unit carries, and where its cluster stands."""
    units, frames = results["units"], results["frames"]
    carried = frames[(frames["state"] == "carried") & ~frames["frame"].astype(str).str.contains(".", regex=False)]
    n_frames = units["unit_id"].map(carried["unit_id"].value_counts()).fillna(0)
    topics = results["topics"].set_index("topic")["package"] if len(results["topics"]) else pd.Series(dtype=object)
    place = units["unit_id"].map(results["unit_topics"].set_index("unit_id")["topic"])
    kinds = place.map(lambda topic: _kind(topic, topics))
    without = n_frames == 0
    rows = []
    for key, chosen in (("layer_none", without), ("layer_one", n_frames == 1), ("layer_more", n_frames > 1)):
        rows.append(Row(Cell(t.word(key)), [number(t.number(chosen.sum())), number(t.percent(chosen.mean()))]))
    if len(topics):
        for key in ("package", "unlabelled", "outside"):
            chosen = kinds == key
            residual = t.percent((chosen & without).sum() / max(int(without.sum()), 1))
            cells = [number(t.number(chosen.sum())), number(t.percent(chosen.mean()), residual)]
            rows.append(Row(Cell(t.word(f"kind_{key}")), cells))
    heads = [Cell(t.word("layer")), Cell(t.word("n_units"), "number"), Cell(t.word("part_of_units"), "number")]
    return Table(t.word("caption_layers"), heads, rows if len(units) else [], [t.word("layers_note")])


def _kind(topic: Any, packages: pd.Series[Any]) -> str:
    if pd.isna(topic) or int(topic) == -1:
        return "outside"
    return "package" if text_of(packages.get(topic)) else "unlabelled"


def text_of(value: Any) -> str:
    """Give a cell's text, and nothing for a missing one."""
    return value if isinstance(value, str) else ""


def list_of(value: Any) -> list[str]:
    """Give a cell that holds a list, or text with commas, as a list of texts."""
    if value is None or isinstance(value, float):
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.replace("،", ",").split(",") if part.strip()]
    return [str(part) for part in value]


class Quotes:
    """Picks quotes for one page: at most two of an article, each at most 25 words unless the study shows full text."""

    def __init__(self, results: Results, *, text: str) -> None:
        self._text = text
        units = results.units_with_outlets()
        if len(units) and text != "none":
            units = units.assign(voice=units["unit_id"].map(unit_voices(units, results["voices"])))
            self._units = {row["unit_id"]: row for row in units.to_dict("records")}
        else:
            self._units = {}
        self._shown: Counter[str] = Counter()

    def pick(self, unit_ids: Iterable[str], *, limit: int) -> list[Quote]:
        """Give up to `limit` quotes of these units, passing over articles that are used up."""
        found: list[Quote] = []
        for unit_id in unit_ids:
            row = self._units.get(unit_id)
            if row is None or self._shown[row["article_id"]] >= QUOTES_PER_ARTICLE or len(found) == limit:
                continue
            self._shown[row["article_id"]] += 1
            found.append(Quote(self._cut(row["text"]), row["outlet"], row["voice"], unit_id))
        return found

    def _cut(self, text: str) -> str:
        words = text.split()
        if self._text == "full" or len(words) <= SNIPPET_WORDS:
            return " ".join(words)
        return " ".join(words[:SNIPPET_WORDS]) + " …"


def frame_quotes(results: Results, frame: str, quotes: Quotes) -> list[Quote]:
    """Give one unit of each outlet, the one with the highest score, outlets in the order of their names."""
    frames = results["frames"]
    carrying = frames[(frames["frame"] == frame) & (frames["state"] == "carried")]
    units = results.units_with_outlets()
    found = carrying.merge(units[["unit_id", "outlet"]], on="unit_id")
    found = found.sort_values(["outlet", "score", "unit_id"], ascending=[True, False, True])
    return [quote for _, part in found.groupby("outlet", sort=True) for quote in quotes.pick(part["unit_id"], limit=1)]


@dataclass(frozen=True)
class ClusterView:
    """One cluster as the page shows it."""

    topic: int
    label: str
    words: Markup
    n_units: int
    share: str
    quotes: tuple[Quote, ...]
    outside: bool


def cluster_views(results: Results, quotes: Quotes, t: Texts) -> list[ClusterView]:
    """Give clusters by number, units outside clusters last."""
    topics = results["topics"]
    total = max(int(topics["n_units"].sum()), 1) if len(topics) else 1
    rows = sorted(topics.to_dict("records"), key=lambda row: (int(row["topic"]) == -1, int(row["topic"])))
    views = []
    for row in rows:
        outside = int(row["topic"]) == -1
        chosen = () if outside else tuple(quotes.pick(list_of(row["representative"]), limit=QUOTES_PER_CLUSTER))
        words = Markup() if outside else t.names(list_of(row["words"])[:WORDS_PER_CLUSTER])
        share = t.percent(int(row["n_units"]) / total)
        views.append(
            ClusterView(int(row["topic"]), cluster_label(row, t), words, int(row["n_units"]), share, chosen, outside)
        )
    return views


def edited_clusters(results: Results, t: Texts) -> list[Markup]:
    """Say how often, by whom and until when people changed the clusters; nothing where nobody did."""
    log = (results.manifest.get("topics") or {}).get("edits") or []
    told = [entry for entry in log if entry.get("by")]
    if not told:
        return []
    by = sorted({str(entry["by"]) for entry in told})
    last = max(str(entry.get("at", "")) for entry in told)
    return [t("clusters_edited", n=len(told), by=("، " if t.language == "ar" else ", ").join(by), at=ltr(last))]


def cluster_label(row: Mapping[Any, Any], t: Texts) -> str:
    """Name a cluster: by the person who named it, by the frame it is a package of, or not at all."""
    if int(row["topic"]) == -1:
        return t.word("kind_outside")
    if text_of(row.get("name")):
        return text_of(row["name"])
    package = text_of(row.get("package"))
    return t.word("package_of").format(frame=t.frame(package)) if package else t.word("kind_unlabelled")


def codebook_frames(results: Results, t: Texts) -> list[dict[str, Any]]:
    """Give what the appendix prints of each frame."""
    book = results.codebook
    if book is None:
        return []
    return [
        {
            "id": frame_id,
            "name": t.frame(frame_id),
            "child": "." in frame_id,
            "definition": book[frame_id].definition.get(t.language)
            or next(iter(book[frame_id].definition.values()), ""),
            "include": book[frame_id].include,
            "exclude": book[frame_id].exclude,
            "terms": t.names(list(book[frame_id].terms)),
            "veto": t.names(list(book[frame_id].veto)),
            "n_examples": t.number(book.n_examples(frame_id)),
            "source": book[frame_id].source,
        }
        for frame_id in book.frame_ids
    ]
