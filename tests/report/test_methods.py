"""The record of a run holds no folder of anybody."""

import pytest

from framing.report.methods import without_folders


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("framing run /home/me/study.yaml", "framing run study.yaml"),
        ("framing run study.yaml --out=/tmp/x/out", "framing run study.yaml --out=out"),
        (r"framing run C:\Users\me\study.yaml", "framing run study.yaml"),
        ("framing run '~/work/my study.yaml'", "framing run 'my study.yaml'"),
        ("data/articles.csv", "data/articles.csv"),
        (["framing", "run", "/a/b.yaml"], "framing run b.yaml"),
        (None, ""),
    ],
)
def test_absolute_paths_are_cut_to_their_last_part(given, kept):
    assert without_folders(given) == kept
