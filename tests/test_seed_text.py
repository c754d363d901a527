"""The page that started the project, as copied from a browser; not part of the repository.

No sentence of it is quoted here: units are named by where they begin in the file as decoded.
"""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from framing.codebook import load_codebook
from framing.encoders import load_encoder
from framing.files import sha256_text
from framing.frames import FrameModel
from framing.units import find_headlines, split_units
from framing.vectors import embed
from framing.voices import find_voices

FILE = Path(__file__).parents[2] / "shared" / "data" / "seed" / "000_51159d0b8a1b4d23.txt"
pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason=f"the seed text is not here: {FILE.name} under ../shared/data"
)

# Where units begin.
TITLE = 87  # the first headline: a cooperation worries the European community
THIRD_ARMY = 466  # first time that a third army takes part
FOURTH_ARMY = 767  # subheading: the world's fourth largest army
WORRY = 1965  # a president worried at the EU's measured reaction; German and British ministers
POSSIBLE_ESCALATION = 152  # an agency asks about a possible escalation of the war
CONTAINERS = 2572  # more than 13,000 containers
SECOND_TITLE = 2844  # the second headline: a matter for one country alone
CALLED_ESCALATION = 3192  # a step the West called a major escalation
SOVEREIGN_DECISION = 3583  # quoted: our sovereign decision
ACCUSED_WEST = 4353  # accused the West of escalating

# Lines that are not the article: where each begins and ends, and its rule.
FURNITURE = {
    (0, 31): "header",  # the editorial board
    (32, 56): "header",  # the site handed in its papers ...
    (57, 85): "header",  # ... to a union
    (139, 142): "header",  # "published"
    (143, 150): "header",  # the site's bare name
    (1486, 1574): "caption",  # a video's title with another outlet's name behind a dash
    (2275, 2347): "caption",  # the same behind a bar
}


@pytest.fixture(scope="module")
def seed() -> SimpleNamespace:
    text = FILE.read_bytes().decode("utf-8")
    found = split_units(pd.DataFrame([{"article_id": "s", "outlet": "", "title": "", "text": text}]))
    return SimpleNamespace(text=text, found=found, voices=find_voices(found.table).table)


@pytest.fixture(scope="module")
def states(seed) -> pd.DataFrame:
    encoder = load_encoder("e5-small")
    model = FrameModel(load_codebook("north-korea-russia"), encoder=encoder, seed=20241023).fit()
    frames = model.predict(seed.found.table, embed(seed.found.table, encoder=encoder)).frames
    start = seed.found.table.set_index("unit_id")["start"]
    return frames.assign(start=frames["unit_id"].map(start))


def carried(states: pd.DataFrame, start: int) -> set[str]:
    return set(states.loc[(states["start"] == start) & (states["state"] == "carried"), "frame"])


def voices(seed, start: int) -> pd.DataFrame:
    unit = seed.found.table.set_index("start").loc[start, "unit_id"]
    return seed.voices[seed.voices["unit_id"] == unit]


def test_file_is_the_one_these_offsets_were_taken_from(seed):
    assert len(seed.text) == 4558
    assert sha256_text(seed.text).startswith("93820b543405")


def test_boilerplate_is_kept_out_and_listed_with_its_rule(seed):
    lines = seed.found.boilerplate
    assert dict(zip(zip(lines["start"], lines["end"], strict=True), lines["rule"], strict=True)) == FURNITURE


def test_no_unit_overlaps_a_line_that_was_kept_out(seed):
    rows = seed.found.table.itertuples()
    assert not [r for r in rows if any(r.start < end and start < r.end for start, end in FURNITURE)]


def test_offsets_are_exact_into_the_file_as_decoded(seed):
    assert all(seed.text[row.start : row.end] == row.text for row in seed.found.table.itertuples())


def test_units_and_furniture_hold_every_visible_character(seed):
    covered = [*seed.found.table["text"], *seed.found.boilerplate["text"]]
    assert sum(len("".join(piece.split())) for piece in covered) == len("".join(seed.text.split()))


def test_two_headlines_are_found_with_their_lines(seed):
    assert [line for line, _ in find_headlines(seed.text)] == [5, 40]
    assert [seed.text.index(headline) for _, headline in find_headlines(seed.text)] == [TITLE, SECOND_TITLE]


def test_subheading_and_containers_are_units(seed):
    assert {FOURTH_ARMY, CONTAINERS} <= set(seed.found.table["start"])


def test_first_title_is_the_outlets_own_voice(seed):
    assert list(voices(seed, TITLE)["voice"]) == ["own"]


def test_second_title_belongs_to_its_speaker(seed):
    found = voices(seed, SECOND_TITLE)
    assert list(found["voice"]) == ["attributed"]
    assert found["speaker"].tolist() == [seed.text[SECOND_TITLE : SECOND_TITLE + 5]]


def test_sovereign_decision_is_quoted(seed):
    assert "quoted" in set(voices(seed, SOVEREIGN_DECISION)["voice"])


def test_sentence_on_worry_has_three_speakers(seed):
    assert voices(seed, WORRY)["speaker"].nunique() == 3


def test_called_escalation_is_the_wests_word(seed):
    found = voices(seed, CALLED_ESCALATION)
    assert found["speaker"].nunique() == 2
    assert found["speaker"].iloc[-1] == found["speaker"].iloc[-1].strip()
    assert len(found["speaker"].iloc[-1]) == 5


def test_accusation_keeps_the_speaker_of_its_sentence(seed):
    found = voices(seed, ACCUSED_WEST)
    assert len(set(found["speaker"])) == 1
    assert list(found["stance"]) == ["act", "neutral", "act"]


def test_every_unit_has_a_voice(seed):
    assert set(seed.voices["unit_id"]) == set(seed.found.table["unit_id"])


EXPECTED = [
    (TITLE, {"european_concern"}),
    (POSSIBLE_ESCALATION, {"escalation"}),
    (THIRD_ARMY, {"escalation"}),
    (WORRY, {"european_concern", "escalation"}),
    (SECOND_TITLE, {"sovereignty"}),
    (CALLED_ESCALATION, {"escalation"}),
    (SOVEREIGN_DECISION, {"sovereignty", "sovereignty.claimed"}),
    (ACCUSED_WEST, {"escalation"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("start", "frames"), EXPECTED)
def test_unit_carries_its_frames(states, start, frames):
    assert frames <= carried(states, start)


@pytest.mark.slow
@pytest.mark.parametrize("start", [FOURTH_ARMY, CONTAINERS])
def test_plain_fact_carries_no_frame(states, start):
    assert carried(states, start) == set()


@pytest.mark.slow
def test_accusing_the_west_and_the_wests_word_take_opposite_children(states):
    assert "escalation.by_west_ukraine" in carried(states, ACCUSED_WEST)
    assert "escalation.by_russia_nk" in carried(states, CALLED_ESCALATION)
