"""Errors a caller can act on, readable in English and in Arabic."""

from __future__ import annotations

__all__ = [
    "ArticleError",
    "CodebookError",
    "CodingError",
    "EncoderError",
    "FrameModelError",
    "FramingError",
    "MissingLibraryError",
    "ResultsError",
    "StudyError",
]


class FramingError(Exception):
    """Say what we got, what we need and what to do.

    Parameters
    ----------
    message : the sentence in English; `str(error)` gives it.
    ar : the same sentence in Arabic; the English one is shown where it is empty.
    """

    def __init__(self, message: str, *, ar: str = "") -> None:
        super().__init__(message)
        self.ar = ar

    def in_language(self, language: str) -> str:
        """Give the sentence in `language` ("ar" or "en")."""
        return self.ar if language == "ar" and self.ar else str(self)


class StudyError(FramingError):
    """A study file, or a setting in it, is at fault."""


class CodebookError(FramingError):
    """A codebook file is at fault."""


class ArticleError(FramingError):
    """Articles cannot be read, or nothing usable is left of them."""


class CodingError(FramingError):
    """A coding sheet, or the sample it belongs to, is at fault."""


class EncoderError(FramingError):
    """An encoder cannot be had on this machine, or cannot do what is asked."""


class FrameModelError(FramingError):
    """A saved frame model is missing, damaged, or belongs to another codebook, encoder or version."""


class ResultsError(FramingError):
    """A results folder is missing, unfinished or damaged."""


class MissingLibraryError(FramingError, ImportError):
    """An optional library is not installed."""
