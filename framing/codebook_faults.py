"""Faults of a codebook, gathered and told at once: where, what is wrong and what to write, in English and Arabic."""

from __future__ import annotations

from dataclasses import dataclass

from framing.errors import CodebookError

MAX_TOLD = 20


@dataclass(frozen=True)
class Place:
    """Where in a file something stands, as both languages say it."""

    en: str = ""
    ar: str = ""

    @classmethod
    def of_frame(cls, frame_id: str) -> Place:
        """Give the place of a frame."""
        return cls(f"frame '{frame_id}': ", f"الإطار '{frame_id}': ")

    def inside(self, key: str) -> Place:
        """Give the place of a key here."""
        return Place(f"{self.en}{key}: ", f"{self.ar}{key}: ")


TOP = Place()


class Faults:
    """Gathers the faults of one file, so that a person is told all of them at once."""

    def __init__(self, source: str, source_ar: str) -> None:
        self._source = (source, source_ar)
        self._told: list[tuple[str, str]] = []

    def add(self, place: Place, en: str, ar: str) -> None:
        """Note a fault: what is wrong at a place, and what to write."""
        self._told.append((place.en + en, place.ar + ar))

    def stop(self) -> None:
        """Raise what was noted, one line per fault.

        Raises
        ------
        CodebookError : at least one fault was noted.
        """
        if not self._told:
            return
        more = len(self._told) - MAX_TOLD
        en = [f"{self._source[0]}: {said}" for said, _ in self._told[:MAX_TOLD]]
        ar = [f"{self._source[1]}: {said}" for _, said in self._told[:MAX_TOLD]]
        if more > 0:
            en.append(f"{self._source[0]}: and {more} more; mend these first")
            ar.append(f"{self._source[1]}: وعدد الأخطاء الأخرى {more}؛ أصلح هذه أولًا")
        raise CodebookError("\n".join(en), ar="\n".join(ar))
