"""Parquet tables, read in batches, every value as text."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from framing.errors import ArticleError
from framing.optional import require
from framing.readers.compressed import open_seekable
from framing.readers.json_files import as_text
from framing.readers.records import Read, Record, Source


def read_parquet(source: Source) -> Read:
    """Read a Parquet table; `row` is the 1-based number of the row."""
    parquet = require("pyarrow.parquet", why="to read Parquet tables")
    arrow = require("pyarrow", why="to read Parquet tables")
    with open_seekable(source.path) as stream:
        try:
            row = 0
            for batch in parquet.ParquetFile(stream).iter_batches(batch_size=1000):
                for item in batch.to_pylist():
                    row += 1
                    values = {str(key): value_as_text(value) for key, value in item.items()}
                    yield Record(values, source.name, row)
        except arrow.ArrowInvalid as error:
            raise ArticleError(
                f"{source.name}: not a Parquet table, or a damaged one ({str(error).splitlines()[0]})."
                " Copy it again from its source.",
                ar=f"{source.name}: ليس جدول Parquet أو أنه تالف. انسخه من مصدره من جديد.",
            ) from error


def value_as_text(value: Any) -> str:
    """Give a typed value as the text a person would write: 12.0 is 12, midnight is a day, nothing is empty."""
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, (str, bool, list)):
        return as_text(value)
    return str(value)
