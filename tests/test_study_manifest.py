"""What a run went by; the whole manifest is looked at in `test_pipeline.py`."""

from types import SimpleNamespace

import pandas as pd

from framing.codebook import load_codebook
from framing.study_manifest import on_codebook_story

BODY = " ".join(["يتابع سكان المدينة أعمال الجسر كل يوم"] * 10)


def test_codebook_without_a_story_counts_no_articles_of_it():
    assert on_codebook_story(SimpleNamespace(analysed=None), SimpleNamespace(relevance=None)) == {}


def test_articles_of_the_codebooks_story_are_counted():
    about = "قوات كورية شمالية في روسيا " * 10
    analysed = pd.DataFrame(
        {
            "article_id": ["a", "b"],
            "title": ["الجسر", "قوات كورية شمالية في روسيا"],
            "outlet": ["x", "y"],
            "text": [BODY, about],
        }
    )
    assert on_codebook_story(SimpleNamespace(analysed=analysed), load_codebook("north-korea-russia")) == {
        "on_codebook_story": 1
    }
