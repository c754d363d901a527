import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import ArticleError
from framing.readers import Source, read_source
from framing.readers.parquet import value_as_text


def test_table_is_read_as_text(tmp_path):
    table = pd.DataFrame({"id": ["001", "002"], "n": [1.0, np.nan], "day": [dt.date(2024, 10, 23), None]})
    table.to_parquet(tmp_path / "a.parquet")
    found = list(read_source(Source(tmp_path / "a.parquet", "a.parquet")))
    assert [item.cells for item in found] == [
        {"id": "001", "n": "1", "day": "2024-10-23"},
        {"id": "002", "n": "", "day": ""},
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"), (0.5, "0.5"), (float("nan"), ""), (7, "7"), (True, "true"), (None, ""),
        (dt.datetime(2024, 10, 23), "2024-10-23"), (dt.datetime(2024, 10, 23, 9, 5), "2024-10-23 09:05:00"),
        (["a", "b"], "a\nb"),
    ],
)  # fmt: skip
def test_values_are_written_as_a_person_would(value, text):
    assert value_as_text(value) == text


def test_file_that_is_no_table_is_an_error(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"no table")
    with pytest.raises(ArticleError, match=r"a\.parquet: not a Parquet table"):
        list(read_source(Source(tmp_path / "a.parquet", "a.parquet")))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
def test_what_parquet_holds_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("parquet") / "a.parquet"
    pd.DataFrame(rows, columns=["one", "two"]).to_parquet(path)
    assert [tuple(item.cells.values()) for item in read_source(Source(path, path.name))] == rows
