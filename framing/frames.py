"""Frames of the codebook in each unit: a score, a state, and the position (child) it takes.

Layer 1 of the analysis: multi-label, taught by the codebook's examples and, where
there are some, by coded units. A unit may carry no frame, one, or several.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from framing.arabic import lexical_view
from framing.codebook import Codebook
from framing.encoders.base import Encoder, fingerprint
from framing.errors import FrameModelError, FramingError
from framing.files import sha256_text
from framing.frame_examples import MIN_REFERENCE, codebook_examples, coded_examples, describe_frames, has_few
from framing.frame_files import ABOUT, forget_oldest, learning_code, load_frames, save_frames
from framing.frame_learned import DECIMALS, LearnedFrames, decide, find_hits, learn_frames, unlikely_units
from framing.frame_machine import Examples
from framing.frame_reasons import UnitExplanation, explain_unit
from framing.store import frame_models_path
from framing.vectors import Vectors

logger = logging.getLogger(__name__)

# Units taken to carry nothing: as many as examples that carry a frame, and these.
MORE_UNLIKELY = 10
NOT_FITTED = "this FrameModel is not fitted; call .fit() first"


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
    seed : of the parts that stand in for styles in a codebook that has fewer than three.
    """

    def __init__(self, codebook: Codebook, *, encoder: Encoder, seed: int = 0) -> None:
        self.codebook = codebook
        self.encoder = encoder
        self.seed = seed
        self._learned: LearnedFrames | None = None
        codebook.check_scoring()

    def fit(
        self,
        units: pd.DataFrame | None = None,
        vectors: Vectors | None = None,
        codes: pd.DataFrame | None = None,
        *,
        store: bool = True,
    ) -> FrameModel:
        """Learn from the codebook's examples, and from coded units where `codes` are given.

        Where a frame has fewer than 150 examples, units of the corpus teach, too: those that hold a frame's words
        describe it, and the least likely ones stand for what carries nothing. What a unit gets then depends on the
        corpus it came with.

        Parameters
        ----------
        units, vectors : of the corpus; a model fitted without them goes by the codebook alone.
        codes : `unit_id, frame, value` (value true where the unit carries the frame; children as
            `parent.child`, denials as `contested:<parent>`); a coded unit without a true value teaches "no
            frame". Needs `units` and `vectors`.
        store : keep what the codebook alone teaches in the cache folder, and take it from there.

        Raises
        ------
        CodebookError : the codebook has no frame with examples or terms to go by.
        """
        # One thread: the matrices are small, and sums in one order give the same bytes each time.
        with threadpool_limits(1):
            corpus = None
            if units is not None and vectors is not None and len(units) >= MIN_REFERENCE and has_few(self.codebook):
                corpus = (units, vectors.matrix)  # it teaches, too: nothing of that is kept for another corpus
            kept = self._kept_in() if store and codes is None and corpus is None else None
            if kept is not None and self._taken_from(kept):
                return self
            examples = codebook_examples(self.codebook, encoder=self.encoder)
            coded = None
            if codes is not None:
                coded = coded_examples(units, vectors, codes, codebook=self.codebook)
                examples = examples.with_more(coded)
            self._learned = self._learn(examples, coded, corpus)
            if kept is not None and len(examples.texts) >= MIN_REFERENCE:  # else units decide what is usual
                self._keep(kept)
        return self

    def _learn(
        self, examples: Examples, coded: Examples | None, corpus: tuple[pd.DataFrame, np.ndarray] | None
    ) -> LearnedFrames:
        """Learn once; where units of the corpus may teach and none is coded, again with the least likely ones."""
        descriptions = describe_frames(self.codebook, encoder=self.encoder)
        if corpus is None:
            descriptions = descriptions.measured_on(examples.vectors)
            return learn_frames(self.codebook, examples, descriptions, coded=coded, seed=self.seed)
        units, matrix = corpus
        views = [lexical_view(str(text)) for text in units["text"]]
        hits = find_hits(self.codebook, views)
        descriptions = descriptions.measured_on(matrix, hits).measured_on(examples.vectors)
        told = {"with_words": hits.mean(axis=0), "seed": self.seed}
        learned = learn_frames(self.codebook, examples, descriptions, coded=coded, **told)
        if coded is not None or learned.machine is None:
            return learned
        n = int(examples.labels[:, : len(self.codebook.frame_ids)].any(axis=1).sum()) + MORE_UNLIKELY
        unlikely = unlikely_units(self.codebook, learned, units, matrix, n=n, seed=self.seed)
        return learn_frames(self.codebook, examples, descriptions, coded=None, unlikely=unlikely, **told)

    def _kept_in(self) -> Path:
        """Give the folder of the cache for what this codebook teaches with this encoder, seed and code."""
        # Not by the file's hash alone: a codebook put together in a notebook may hold other examples under it.
        taught = repr([(e.text, e.style, e.frames, e.contested) for e in self.codebook.examples])
        parts = [self.codebook.sha256, sha256_text(taught), fingerprint(self.encoder), str(self.seed), learning_code()]
        return frame_models_path() / sha256_text("\n".join(parts))[:32]

    def _taken_from(self, folder: Path) -> bool:
        if not (folder / ABOUT).is_file():
            return False
        try:
            self._learned, _ = load_frames(folder, _identity(self.codebook, self.encoder, self.seed))
        except FrameModelError as error:
            logger.warning("a stored frame model is learned again: %s", error)
            return False
        return True

    def _keep(self, folder: Path) -> None:
        try:
            self.save(folder)
            forget_oldest(folder.parent)
        except (FramingError, OSError) as error:
            logger.warning("the frame model could not be stored: %s", error)

    def predict(self, units: pd.DataFrame, vectors: Vectors) -> FrameAssignment:
        """Score units.

        A unit's score rests on its own text, and a little on the sentence before it where `units` holds that
        too (`article_id` and `n` tell); on no other unit, but for what `fit` learned from them.

        Raises
        ------
        ValueError : the model is not fitted, the vectors are of other units, or of another encoder.
        """
        learned = self._check(units, vectors)
        with threadpool_limits(1):
            signals = learned.signals(self.codebook, units, vectors.matrix)
        settings = {
            "codebook": self.codebook.codebook_id,
            "codebook_sha256": self.codebook.sha256,
            "encoder": fingerprint(self.encoder),
            "seed": self.seed,
            "thresholds": self.thresholds,
            "n_examples": learned.n_examples,
            "n_coded": learned.n_coded,
        }
        return FrameAssignment(decide(self.codebook, learned, units, signals), units, self.codebook, settings)

    @property
    def learned(self) -> LearnedFrames:
        """What the fitted model knows."""
        if self._learned is None:
            raise ValueError(NOT_FITTED)
        return self._learned

    @property
    def thresholds(self) -> dict[str, float]:
        """The score from which each frame counts as carried."""
        return {frame: round(curve.threshold, DECIMALS) for frame, curve in self.learned.curves.items()}

    def explain(self, unit: str, *, n: int = 5) -> UnitExplanation:
        """Say why a text gets its scores: nearest examples, words with their weight, veto terms hit.

        Parameters
        ----------
        unit : the text, taken alone: without the sentence before it.
        n : how many examples to give.
        """
        return explain_unit(self.codebook, self.learned, self.encoder, unit, n=n)

    def save(self, folder: str | Path) -> Path:
        """Write the fitted model as safetensors and JSON, with codebook hash, encoder and versions; give the folder.

        The weights of words and letters are in it, and of coded units their vectors: no sentence, but share it as
        you would share vectors.
        """
        return save_frames(Path(folder), self.learned, _identity(self.codebook, self.encoder, self.seed))

    @classmethod
    def load(cls, folder: str | Path, codebook: Codebook, *, encoder: Encoder) -> FrameModel:
        """Read a saved model.

        Raises
        ------
        FrameModelError : a file is missing or damaged, or it was learned with another codebook, encoder or version.
        """
        learned, seed = load_frames(Path(folder), _identity(codebook, encoder, None))
        model = cls(codebook, encoder=encoder, seed=seed)
        model._learned = learned
        return model

    def _check(self, units: pd.DataFrame, vectors: Vectors) -> LearnedFrames:
        learned = self.learned
        if tuple(units["unit_id"].astype(str)) != vectors.unit_ids:
            raise ValueError("vectors are of other units, or in another order; embed these units")
        if vectors.encoder["name"] != self.encoder.name or vectors.encoder["revision"] != self.encoder.revision:
            raise ValueError(
                f"vectors are by {vectors.encoder['name']} ({vectors.encoder['revision']}), the model learned with"
                f" {self.encoder.name} ({self.encoder.revision}); use one encoder for both"
            )
        return learned


def _identity(codebook: Codebook, encoder: Encoder, seed: int | None) -> dict[str, Any]:
    """Say what a saved model belongs to."""
    return {
        "codebook": {"name": codebook.codebook_id, "version": codebook.version, "sha256": codebook.sha256},
        "encoder": fingerprint(encoder),
        "seed": seed,
    }
