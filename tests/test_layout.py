"""The house: which room may know which, and what importing may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "framing"
# A room imports only rooms above it. A copy of the design's table, with the rooms added since and why.
ROOMS = [
    "errors",
    "optional",
    "files",
    "stage_cache",  # added: stages kept beyond one results folder
    "folder",
    "statistics",  # above html and plots: it needs neither
    "lexicon",
    "arabic",
    "sentences",  # added: units and voices both cut sentences
    "study",  # above html and plots, which show its banner for invented data
    "html",
    "figures",  # added: what every figure shares, apart from the figures
    "robustness_tables",  # added: what a robustness check found, as plain tables the report reads back
    "plots",
    "word_plot",  # added: the figure of a text's words
    "robustness_plot",  # added: its figures, apart from those of a run
    "dates",
    "codebook_faults",  # added: faults of a codebook, told at once in both languages
    "codebook_schema",  # added: the form of a codebook file, apart from what is done with it
    "codebook_growth",  # added: what may be added to a codebook, and a frame from a cluster that was read
    "codebook",
    "new_codebook",  # added: a codebook from a definition and five examples, or a form
    "readers",
    "index_sheet",  # added: the index of a folder's texts as an Excel sheet; readers read it back
    "new_study",  # added: five questions, then study.yaml, a codebook template and the index
    "intake",  # added: from drafts to rows, the steps that reading into memory and into a file share
    "articles",
    "preview",  # added: the first rows as they would be read
    "ingest",  # added: articles into a file batch by batch, whatever its size
    "shingles",  # added: words in a row as numbers, the part of copies that is arithmetic
    "word_weights",  # added: which words tell one item from another of the same form
    "text_pairs",  # added: pairs of texts that share words in a row
    "relays",  # added: one agency's item told in other words
    "copy_groups",  # added: from pairs to groups that hold one story
    "copy_roles",  # added: what each member of a group is
    "copy_matrix",  # added: copies by outlet and agency, as a result
    "passages",  # added: what differs between two copies
    "copies",
    "queries",  # added: a study's query compiled and matched, for relevance, roundups and coding
    "roundups",  # added: pages that hold several stories, cut into passages
    "relevance",
    "boilerplate",  # added: which lines are no article, apart from what units remain
    "units",
    "unit_statistics",  # added: lengths and parts of units, for people
    "speech_words",  # added: words and their kinds, for the rooms that look for speakers
    "agreement",  # added: whether a word belongs to the noun phrase before it
    "joints",  # added: words behind a preposition written with them
    "phrases",  # added: where the phrase that names a speaker ends
    "speakers",  # added: whose phrase goes with a verb
    "subjects",  # added: subjects that stand apart from their verb
    "verb_forms",  # added: written forms of reporting verbs
    "saying",  # added: whether a verb of saying reports here
    "sources",  # added: sources named without a verb
    "unlisted_verbs",  # added: verbs of saying the lists lack
    "attributions",  # added: verbs and sources of a text, in order
    "headlines",  # added: whose words a headline holds
    "quotes",  # added: quotations, also over several units
    "voice_tables",  # added: who carries which frame, with which verbs; takes tables alone
    "voices",
    "encoders",
    "tokens",  # added: what a model sees of a text
    "store",  # added: how vectors are kept, apart from which are wanted
    "vectors",
    "denials",  # added: the rules on a frame's words, apart from what is learned
    "frame_texts",  # added: the spelled side of a text, for the frame model
    "frame_machine",  # added: what the frame model learns, apart from what a margin means
    "frame_curve",  # added: margins made scores
    "example_vectors",  # added: vectors that a shipped codebook brings along
    "frame_examples",  # added: what teaches the frame model
    "frame_learned",  # added: what a fitted model knows, apart from fitting and asking it
    "frame_files",  # added: a fitted model on disk
    "frame_reasons",  # added: why a text gets its scores
    "frames",
    "topic_words",  # added: the words of clusters, apart from how they are found
    "topic_model",  # added: the two parts BERTopic is built from here
    "frozen_topics",  # added: topics as numbers that place new units
    "topic_tables",  # added: what a person is shown of each cluster
    "topic_result",  # added: clusters as a result, which people edit and fits give
    "topic_edits",  # added: what people change about clusters
    "topic_files",  # added: those changes as a file that the next run keeps
    "topics",
    "codebook_findings",  # added: what a check finds, told in both languages
    "codebook_examples",  # added: what is wrong with examples, without a corpus
    "codebook_terms",  # added: terms in examples and corpus
    "codebook_scores",  # added: what the examples teach, measured on styles left out
    "codebook_check",
    "coding",
    "coding_sheets",  # added: samples written for coders and read back
    "relevance_check",  # added: precision and recall of the query, from codes
    "widget",
    "reliability",
    "counts",  # added: which article carries which frame, as arrays
    "pairs",  # added: differences between two outlets
    "comparison",
    "words",
    "stories",
    "flow",  # added: the corpus flow as a result, which the report shows
    "report",
    "corpus",  # added: from files to the articles analysed, usable without a whole study
    "study_codes",  # added: the hand codes a study names
    "study_topics",  # added: its clusters, with people's edits
    "study_manifest",  # added: what a run went by
    "pipeline",
    "single",  # added: frames of one table, without a study
    "robustness_choices",  # added: what each choice makes of a study
    "robustness_topics",  # added: the clusters under other seeds
    "robustness",
    "robustness_folder",  # added: a robustness check written into a results folder
    "distributed",
    "export",
    "doctor",
    "arguments",  # added: what may be written on a command line, apart from what is done then
    "cli",
]
HEAVY = ("torch", "bertopic", "umap", "transformers", "matplotlib", "sklearn", "sentence_transformers")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "framing" else [f"framing.{a.name}" for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("framing.") and name.split(".")[1] in ROOMS}
    return found


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_rooms_above_it(path):
    room = room_of(path)
    assert room in ROOMS, f"{path.name} is in no room; add a line to ROOMS with its reason"
    below = {other for other in imported_rooms(path) if ROOMS.index(other) > ROOMS.index(room)}
    # Showing itself in a notebook is the one thing a result may look down for, inside the method that does it.
    assert below <= set(), f"{path.name} imports {sorted(below)}, which stand below '{room}'"


def test_no_module_is_called_utils():
    assert not [path for path in MODULES if path.stem in ("utils", "helpers", "common", "misc")]


def test_modules_stay_under_four_hundred_lines():
    long = {path.name: n for path in MODULES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long


def test_importing_framing_loads_no_heavy_library():
    code = f"import sys, framing; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves():
    import framing

    for name in framing.__all__:
        assert getattr(framing, name) is not None


def test_unknown_public_name_says_where_to_look():
    import framing

    with pytest.raises(AttributeError, match=r"no 'process'.*__all__"):
        _ = framing.process


def test_only_the_command_line_prints():
    printing = [
        path.name
        for path in MODULES
        if path.name != "cli.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing
