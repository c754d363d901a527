"""Frames of the codebook in each unit: a score, a state, and the position (child) it takes.

Layer 1 of the analysis: multi-label, taught by the codebook's examples and, where
there are some, by coded units. A unit may carry no frame, one, or several.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from framing.arabic import lexical_view
from framing.codebook import Codebook
from framing.denials import has_denial, has_term, is_denied
from framing.encoders.base import Encoder, fingerprint
from framing.errors import CodebookError
from framing.frame_heads import MIN_POSITIVE, CalibratedHeads, Examples
from framing.vectors import Vectors, embed_texts

FRAME_COLUMNS = ["unit_id", "frame", "score", "state"]
# Scores are rounded before anything is decided on them, so that the last bits of a sum decide nothing.
DECIMALS = 4
# A unit this sure carries its frame even where a denial stands before one of its words.
SURE = 0.9


@dataclass(frozen=True)
class FrameAssignment:
    """Frames of units.

    `frames` : `unit_id, frame, score (0 to 1), state (carried | contested | none)`, one row per unit and
        frame, children as `parent.child`. `units` : the units they were assigned to.
    """

    frames: pd.DataFrame
    units: pd.DataFrame
    codebook: Codebook
    settings: dict[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Give one row per unit: `p_<frame>`, `is_<frame>`, `state_<frame>` for each frame of the codebook."""
        wide = self.units[["unit_id"]].reset_index(drop=True)
        for frame_id in self.codebook.frame_ids:
            part = self.frames[self.frames["frame"] == frame_id].set_index("unit_id").reindex(wide["unit_id"])
            wide[f"p_{frame_id}"] = part["score"].to_numpy()
            wide[f"is_{frame_id}"] = (part["state"] == "carried").to_numpy()
            wide[f"state_{frame_id}"] = part["state"].to_numpy()
        return wide

    def carried(self, *, parents_only: bool = True) -> pd.DataFrame:
        """Give the rows of frames that are carried."""
        rows = self.frames[self.frames["state"] == "carried"]
        return rows[~rows["frame"].str.contains(".", regex=False)] if parents_only else rows

    def dominant(self) -> pd.Series:
        """Give each unit's carried frame with the highest score, "" where it carries none; indexed by unit_id."""
        rows = self.carried().sort_values(["unit_id", "score", "frame"], ascending=[True, False, True])
        best = rows.drop_duplicates("unit_id").set_index("unit_id")["frame"]
        return best.reindex(self.units["unit_id"]).fillna("")

    def summary(self) -> str:
        """Count units per frame and state."""
        counts = self.frames.groupby(["frame", "state"]).size()
        lines = [f"{len(self.units)} units, codebook {self.codebook.codebook_id} {self.codebook.version}"]
        for frame_id in self.codebook.frame_ids:
            carried, contested = (counts.get((frame_id, state), 0) for state in ("carried", "contested"))
            lines.append(f"  {frame_id}: carried {carried}, contested {contested}")
        return "\n".join(lines)

    def explain(self, frame: str, *, n: int = 10) -> pd.DataFrame:
        """Give the units that carry a frame, highest score first."""
        rows = self.frames[(self.frames["frame"] == frame) & (self.frames["state"] == "carried")]
        columns = ["unit_id", "article_id", "text"]
        return rows.nlargest(n, "score").merge(self.units[columns], on="unit_id")[[*columns, "score", "state"]]

    def _repr_html_(self) -> str:
        from framing.html import display_units

        return str(display_units(self.units.head(20), self.frames))


class FrameModel:
    """Scores units against a codebook.

    Parameters
    ----------
    codebook : the frames and their examples.
    encoder : the encoder of the vectors given to `fit` and `predict`; it embeds the examples.
    seed : of every random step.
    """

    def __init__(self, codebook: Codebook, *, encoder: Encoder, seed: int = 0) -> None:
        self.codebook = codebook
        self.encoder = encoder
        self.seed = seed
        # Heads for the parents under "", for the children of a parent under its id.
        self._heads: dict[str, CalibratedHeads] = {}
        self._learned: dict[str, list[str]] = {}
        self._denies = False
        self._fitted = False

    def fit(
        self, units: pd.DataFrame | None = None, vectors: Vectors | None = None, codes: pd.DataFrame | None = None
    ) -> FrameModel:
        """Learn from the codebook's examples, and from coded units where `codes` are given.

        Parameters
        ----------
        codes : `unit_id, frame, value` (value true where the unit carries the frame; children as
            `parent.child`); a coded unit without a true value teaches "no frame". Needs `units` and `vectors`.

        Raises
        ------
        CodebookError : the codebook has no frame with examples or terms to go by.
        """
        # One thread: the matrices are small, and sums in one order give the same bytes each time.
        with threadpool_limits(1):
            self._learn(units, vectors, codes)
        self._fitted = True
        return self

    def _learn(self, units: pd.DataFrame | None, vectors: Vectors | None, codes: pd.DataFrame | None) -> None:
        examples = self._examples(units, vectors, codes)
        counts = examples.labels.sum(axis=0)
        learned = []
        for frame, n_yes in zip(self.codebook.parents, counts, strict=True):
            if MIN_POSITIVE <= n_yes <= len(examples.texts) - MIN_POSITIVE:
                learned.append(frame.frame_id)
            elif not self.codebook.terms_of(frame.frame_id)[0]:
                raise CodebookError(
                    f"frame '{frame.frame_id}': {n_yes} of {len(examples.texts)} examples and no terms; write at least"
                    f" {MIN_POSITIVE} examples (and as many units without it), or a few terms.",
                    ar=f"الإطار '{frame.frame_id}': لا أمثلة كافية له ولا كلمات دالّة."
                    f" أضف {MIN_POSITIVE} أمثلة على الأقل أو كلمات دالّة.",
                )
        self._teach("", learned, [frame.frame_id for frame in self.codebook.parents], examples)
        for frame in self.codebook.parents:
            self._fit_children(frame.frame_id, units, vectors, codes)

    def _teach(self, family: str, learned: list[str], columns: list[str], examples: Examples) -> None:
        """Fit the heads of a family of frames; the words belong to the parents alone."""
        self._learned[family] = learned
        if not learned:
            return
        wanted = examples.labels[:, [columns.index(frame) for frame in learned]]
        hits = np.zeros(wanted.shape, dtype=bool)  # the words belong to the parents
        if not family:
            views = [lexical_view(text) for text in examples.texts]
            hits = np.column_stack([self._hits(frame, views) for frame in learned])
            self._denies = bool(examples.contested.sum() >= MIN_POSITIVE)
            if self._denies:  # one more question: does the unit deny what it names?
                wanted = np.column_stack([wanted, examples.contested])
                hits = np.column_stack([hits, [has_denial(view) for view in views]])
        self._heads[family] = CalibratedHeads(examples, wanted, hits, seed=self.seed)

    def predict(self, units: pd.DataFrame, vectors: Vectors) -> FrameAssignment:
        """Score units.

        Raises
        ------
        ValueError : the model is not fitted, the vectors are of other units, or of another encoder.
        """
        self._check(units, vectors)
        with threadpool_limits(1):
            return self._predict(units, vectors)

    def _predict(self, units: pd.DataFrame, vectors: Vectors) -> FrameAssignment:
        texts = list(units["text"])
        views = [lexical_view(text) for text in texts]
        parts = []
        scores, denial = self._parent_scores(texts, views, vectors.matrix)
        nearest = np.stack([scores[frame.frame_id] for frame in self.codebook.parents]).argmax(axis=0)
        for number, frame in enumerate(self.codebook.parents):
            score, cut = scores[frame.frame_id], self.thresholds[frame.frame_id]
            terms, _ = self.codebook.terms_of(frame.frame_id)
            by_rule = np.array([is_denied(view, terms) for view in views], dtype=bool)
            denied = (by_rule | (denial & (nearest == number))) & (score < SURE)
            state = np.where(denied, "contested", np.where(score >= cut, "carried", "none"))
            parts.append(self._rows(units, frame.frame_id, score, state))
            parts += self._child_rows(units, frame.frame_id, texts, vectors.matrix, score, state)
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=FRAME_COLUMNS)
        order = {unit_id: place for place, unit_id in enumerate(units["unit_id"])}
        rank = {frame_id: place for place, frame_id in enumerate(self.codebook.frame_ids)}
        keys = np.lexsort((table["frame"].map(rank).to_numpy(), table["unit_id"].map(order).to_numpy()))
        table = table.iloc[keys].reset_index(drop=True)
        settings = {
            "codebook": self.codebook.codebook_id,
            "codebook_sha256": self.codebook.sha256,
            "encoder": fingerprint(self.encoder),
            "seed": self.seed,
            "thresholds": self.thresholds,
        }
        return FrameAssignment(table, units, self.codebook, settings)

    @property
    def thresholds(self) -> dict[str, float]:
        """The score from which each frame counts as carried."""
        cuts = {frame.frame_id: 0.5 for frame in self.codebook.parents}
        if "" in self._heads:
            cuts |= dict(zip(self._learned[""], self._heads[""].thresholds, strict=False))
        return cuts

    def explain(self, unit: str, *, n: int = 5) -> pd.DataFrame:
        """Give the codebook's examples nearest to a text, with their frames and cosine, nearest first."""
        texts = [example.text for example in self.codebook.examples]
        matrix, _ = embed_texts(texts, encoder=self.encoder)
        cosine = matrix @ self.encoder.encode([unit])[0]
        rows = self.codebook.to_frame().assign(cosine=cosine.round(DECIMALS))
        return rows.nlargest(n, "cosine").reset_index(drop=True)[["cosine", "frames", "style", "text"]]

    def _check(self, units: pd.DataFrame, vectors: Vectors) -> None:
        if not self._fitted:
            raise ValueError("this FrameModel is not fitted; call .fit() first")
        if tuple(units["unit_id"].astype(str)) != vectors.unit_ids:
            raise ValueError("vectors are of other units, or in another order; embed these units")
        if vectors.encoder["name"] != self.encoder.name or vectors.encoder["revision"] != self.encoder.revision:
            raise ValueError(
                f"vectors are by {vectors.encoder['name']} ({vectors.encoder['revision']}), the model learned with"
                f" {self.encoder.name} ({self.encoder.revision}); use one encoder for both"
            )

    def _examples(self, units: pd.DataFrame | None, vectors: Vectors | None, codes: pd.DataFrame | None) -> Examples:
        """Gather the examples with one label column per parent frame."""
        texts = [example.text for example in self.codebook.examples]
        styles = [example.style for example in self.codebook.examples]
        matrix, _ = embed_texts(texts, encoder=self.encoder)
        parents = [frame.frame_id for frame in self.codebook.parents]
        labels = np.array(
            [[any(f.partition(".")[0] == p for f in e.frames) for p in parents] for e in self.codebook.examples],
            dtype=bool,
        ).reshape(len(texts), len(parents))
        contested = np.array([bool(e.contested) for e in self.codebook.examples], dtype=bool)
        if codes is not None:
            coded = _coded(units, vectors, codes, parents)
            texts, styles = texts + coded.texts, styles + coded.styles
            matrix, labels = np.vstack([matrix, coded.vectors]), np.vstack([labels, coded.labels])
            contested = np.concatenate([contested, coded.contested])
        return Examples(texts, matrix, labels, styles, contested)

    def _fit_children(
        self, parent: str, units: pd.DataFrame | None, vectors: Vectors | None, codes: pd.DataFrame | None
    ) -> None:
        """Teach which child a unit takes, from units that carry the parent."""
        children = [frame.frame_id for frame in self.codebook.children(parent)]
        chosen = [e for e in self.codebook.examples if any(f in children for f in e.frames)]
        if len(children) < 2 or len(chosen) < 2 * MIN_POSITIVE:
            return
        texts = [e.text for e in chosen]
        matrix, _ = embed_texts(texts, encoder=self.encoder)
        labels = np.array([[child in e.frames for child in children] for e in chosen], dtype=bool)
        styles = [e.style for e in chosen]
        if codes is not None:
            coded = _coded(units, vectors, codes, children)
            keep = np.asarray(coded.labels.any(axis=1))
            texts += [text for text, kept in zip(coded.texts, keep.tolist(), strict=True) if kept]
            styles += ["coded"] * int(keep.sum())
            matrix, labels = np.vstack([matrix, coded.vectors[keep]]), np.vstack([labels, coded.labels[keep]])
        examples = Examples(texts, matrix, labels, styles, np.zeros(len(texts), dtype=bool))
        counts = labels.sum(axis=0)
        learned = [c for c, n in zip(children, counts, strict=True) if MIN_POSITIVE <= n <= len(texts) - MIN_POSITIVE]
        self._teach(parent, learned, children, examples)

    def _parent_scores(
        self, texts: list[str], views: list[str], matrix: np.ndarray
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Score every parent (one without examples has only its words to go by), and tell which units deny."""
        hits = {frame.frame_id: self._hits(frame.frame_id, views) for frame in self.codebook.parents}
        scores = {frame_id: np.where(hit, 0.75, 0.1) for frame_id, hit in hits.items()}
        denies = np.zeros(len(texts), dtype=bool)
        learned = self._learned[""]
        if learned:
            columns = [hits[frame_id] for frame_id in learned]
            cues = np.array([has_denial(view) for view in views], dtype=bool)
            table = self._heads[""].score(texts, matrix, np.column_stack([*columns, cues] if self._denies else columns))
            scores |= {frame_id: table[:, k].round(DECIMALS) for k, frame_id in enumerate(learned)}
            if self._denies:
                denies = cues & (table[:, -1].round(DECIMALS) >= self._heads[""].thresholds[-1])
        return scores, denies

    def _hits(self, parent: str, views: list[str]) -> np.ndarray:
        terms, veto = self.codebook.terms_of(parent)
        return np.array([has_term(view, terms, veto) for view in views], dtype=bool)

    def _child_rows(
        self,
        units: pd.DataFrame,
        parent: str,
        texts: list[str],
        matrix: np.ndarray,
        score: np.ndarray,
        state: np.ndarray,
    ) -> list[pd.DataFrame]:
        """Give a parent's children their rows: the likeliest child is carried where the parent is."""
        children = [frame.frame_id for frame in self.codebook.children(parent)]
        if not children:
            return []
        raw = np.full((len(children), len(texts)), 0.05)
        if learned := self._learned.get(parent, []):
            table = self._heads[parent].score(texts, matrix, np.zeros((len(texts), len(learned)), dtype=bool))
            for k, child in enumerate(learned):
                raw[children.index(child)] = table[:, k]
        share = raw / raw.sum(axis=0, keepdims=True)
        best = share.argmax(axis=0)
        rows = []
        for number, child in enumerate(children):
            child_state = np.where(best == number, state, "none")
            rows.append(self._rows(units, child, (score * share[number]).round(DECIMALS), child_state))
        return rows

    @staticmethod
    def _rows(units: pd.DataFrame, frame_id: str, score: np.ndarray, state: np.ndarray) -> pd.DataFrame:
        columns = {"unit_id": units["unit_id"].to_numpy(), "frame": frame_id, "score": score, "state": state}
        return pd.DataFrame(columns).astype({"unit_id": "str", "frame": "str", "score": "float64", "state": "str"})


def _coded(units: pd.DataFrame | None, vectors: Vectors | None, codes: pd.DataFrame, frames: list[str]) -> Examples:
    if units is None or vectors is None:
        raise ValueError("codes need the units they belong to and their vectors; pass units= and vectors=")
    place = {unit_id: row for row, unit_id in enumerate(vectors.unit_ids)}
    missing = sorted(set(codes["unit_id"]) - set(place))
    if missing:
        raise ValueError(f"{len(missing)} coded units are not among the units, such as {missing[0]}; code these units")
    ids = list(dict.fromkeys(codes["unit_id"]))
    rows = [place[unit_id] for unit_id in ids]
    true = codes[codes["value"].astype(str).str.lower().isin(["true", "1", "yes"])]
    carried = true.groupby("unit_id")["frame"].agg(set).to_dict()
    labels = np.array(
        [[any(f == frame or f.startswith(frame + ".") for f in carried.get(i, ())) for frame in frames] for i in ids],
        dtype=bool,
    )
    text = units.set_index("unit_id")["text"]
    none = np.zeros(len(ids), dtype=bool)
    return Examples([text[i] for i in ids], vectors.matrix[rows], labels, ["coded"] * len(ids), none)
