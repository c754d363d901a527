"""A whole study: what its folder holds, that it repeats, and that little or nothing to show is no crash."""

import getpass
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from framing import pipeline, plots
from framing.articles import read_articles
from framing.codebook import load_codebook
from framing.corpus import build_corpus, corpus_flow
from framing.errors import ArticleError, CodebookError, ResultsError, StudyError
from framing.files import sha256_file
from framing.flow import STEPS
from framing.folder import read_manifest, read_table, verify
from framing.frames import FrameModel
from framing.pipeline import open_results, run_study
from framing.report.figures import draw_figures
from framing.report.language import Texts
from framing.report.results import read_results
from framing.study import SYNTHETIC_AR, SYNTHETIC_EN, Compare, Relevance, ReportSettings, Topics, load_study
from framing.vectors import embed, store_path

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
DEMO = ROOT / "data" / "demo"
FLOOR = Path(__file__).parent / "quality" / "floor.json"
# Every file of DESIGN section 6.
FILES = (
    "articles.parquet", "rejected.csv", "copies.parquet", "units.parquet", "voices.parquet", "frames.parquet",
    "unit_topics.parquet", "topics.parquet", "comparison/shares.csv", "comparison/differences.csv", "report.html",
    "manifest.json",
)  # fmt: skip
KEYS = (
    "format", "framing_version", "command", "study", "inputs", "codebook", "encoder", "seed", "packages", "machine",
    "counts", "vectors", "seconds", "outputs",
)  # fmt: skip
MARKED = ("articles", "copies", "units", "voices")
PARENTS = ("escalation", "sovereignty", "european_concern")


@pytest.fixture(scope="module", autouse=True)
def _no_clusters_unless_slow():
    """Cluster nothing in the quick tests: loading the library takes longer than all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("framing.topics.MIN_UNITS", 10**6)
        yield


@pytest.fixture
def clusters(monkeypatch):
    monkeypatch.setattr("framing.topics.MIN_UNITS", 40)


@pytest.fixture
def no_figures(monkeypatch):
    """Draw nothing: for tests of everything else."""
    monkeypatch.setattr("framing.report.figures.draw_figures", lambda *_: {})


@pytest.fixture(scope="module")
def run(tmp_path_factory, shared_encoder):
    """Run the small study once."""
    return run_study(DATA / "study.yaml", out=tmp_path_factory.mktemp("run"), encoder=shared_encoder)


@pytest.fixture
def small():
    """Give the small study with fewer draws and one figure language."""
    study = load_study(DATA / "study.yaml")
    return replace(study, compare=Compare(n_boot=100, n_perm=100, min_articles=2))


@pytest.fixture
def make_study(tmp_path, small):
    """Give a function that makes a study of some of the small articles."""

    def made(keep, **changes):
        rows = [json.loads(line) for line in (DATA / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
        path = tmp_path / "some.jsonl"
        chosen = keep(rows) if callable(keep) else keep
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen), encoding="utf-8")
        codebook = changes.pop("codebook", str(DATA / "codebook.yaml"))
        return replace(small, articles=(str(path),), codebook=codebook, **changes)

    return made


# What a folder holds


@pytest.mark.parametrize("name", FILES)
def test_folder_holds_every_file_of_the_design(run, name):
    assert (run.path / name).stat().st_size > 0


def test_folder_holds_figures_and_nothing_half_written(run):
    assert len(list((run.path / "figures").glob("*.svg"))) >= 3
    assert not [path for path in run.path.rglob("*") if path.suffix == ".part"]


def test_manifest_says_what_went_in_and_what_came_out(run):
    assert set(KEYS) <= set(run.manifest)
    assert run.manifest["seed"] == 7
    assert run.manifest["codebook"].keys() == {"name", "version", "sha256"}
    assert run.manifest["encoder"] == {"name": "fake", "revision": "1", "precision": "fp32", "n_dims": 16}
    assert run.manifest["study"]["synthetic"] is True
    (given,) = run.manifest["inputs"]
    assert given == {"path": "articles.jsonl", "sha256": sha256_file(DATA / "articles.jsonl"), "rows": 12}


def test_counts_of_the_manifest_agree_with_the_tables(run):
    counts = run.manifest["counts"]
    assert counts["found"] == counts["rejected"] + counts["set_aside"] + counts["articles"]
    assert counts["articles"] == len(run["articles"])
    assert counts["units"] == len(run["units"])
    assert counts["copies"] == len(run["copies"])
    assert counts["off_story"] == int((~run["articles"]["on_story"]).sum())
    vectors = run.manifest["vectors"]  # another test of the session may have filled the store
    assert vectors["embedded"] + vectors["from_store"] == run["units"]["text"].nunique()


def test_seconds_are_given_for_each_stage(run):
    assert {"articles", "units", "vectors", "frames", "topics", "comparison", "report"} == set(run.manifest["seconds"])


def test_every_file_has_the_hash_that_the_manifest_gives(run):
    assert verify(run.path) == []
    listed = {output["path"] for output in run.manifest["outputs"]}
    assert {name for name in FILES if name != "manifest.json"} <= listed


def test_manifest_names_no_home_folder_host_or_user(run):
    told = (run.path / "manifest.json").read_text(encoding="utf-8") + (run.path / "settings.json").read_text("utf-8")
    assert str(Path.home()) + "/" not in told
    assert socket.gethostname() not in told
    assert f'"{getpass.getuser()}"' not in told
    assert str(DATA) not in told


def test_tables_agree_about_units(run):
    ids = run["units"]["unit_id"]
    assert set(run["frames"]["unit_id"]) == set(ids) == set(run["unit_topics"]["unit_id"])
    assert set(run["voices"]["unit_id"]) <= set(ids)
    assert set(run["units"]["article_id"]) <= set(run["articles"]["article_id"])


def test_offsets_give_the_units_text(run):
    articles = run["articles"].set_index("article_id")
    for unit in run["units"].itertuples():
        field = "title" if unit.part == "title" else "text"
        assert articles.loc[unit.article_id, field][unit.start : unit.end] == unit.text


def test_copies_planned_in_the_corpus_are_grouped(run):
    assert sorted(run["copies"]["article_id"]) == ["alif-4", "ba-3"]


def test_summary_says_what_went_in_and_names_no_outlet(run):
    told = run.summary()
    assert told.startswith("12 rows found, 0 rejected, 0 set aside, 1 off the story; 11 articles analysed in")
    assert "report.html" in told
    assert not [outlet for outlet in run["articles"]["outlet"].unique() if outlet in told]
    assert "rows found" in run._repr_html_()
    assert 'dir="ltr"' in run._repr_html_()  # the summary is in English
    assert run.to_frame() is run["shares"]


def test_results_are_read_back_as_they_were(run):
    again = open_results(run.path)
    assert again.manifest == run.manifest
    assert again.tables.keys() == run.tables.keys()
    assert again.report.is_file()


def test_folder_without_a_manifest_is_no_finished_run(tmp_path):
    with pytest.raises(ResultsError, match=r"no manifest\.json, so this is no finished run"):
        open_results(tmp_path)


def test_flow_loses_articles_only_from_step_to_step(run):
    flow = pd.read_csv(run.path / "flow.csv", encoding="utf-8-sig")
    assert list(dict.fromkeys(flow["step"])) == list(STEPS)
    wide = flow.pivot_table(index="outlet", columns="step", values="n", aggfunc="sum")[list(STEPS)]
    assert (wide.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert wide.sum().to_dict() | {"found": 12, "on_story": 11, "analysed": 11} == wide.sum().to_dict()


# Invented data are marked


def test_report_of_invented_data_carries_the_banner(run):
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert SYNTHETIC_AR in page


@pytest.mark.parametrize("name", MARKED)
def test_parquet_of_invented_data_has_the_column(run, name):
    assert run[name]["synthetic"].all()


def test_every_csv_of_invented_data_has_the_column(run):
    files = sorted(run.path.rglob("*.csv"))
    assert len(files) >= 9
    for path in files:
        table = pd.read_csv(path, encoding="utf-8-sig")
        assert "synthetic" in table, path.name
        assert table["synthetic"].all()


def test_every_figure_of_invented_data_has_the_mark_drawn_inside(run):
    results = read_results(run.path)
    figures = draw_figures(results, Texts("ar", codebook=results.codebook))
    assert {path.stem for path in (run.path / "figures").glob("*.svg")} == {f"{name}-ar" for name in figures}
    for name, figure in figures.items():
        # Letters are outlines in the file: the figure says the sentence, and the file is that figure.
        drawn = " ".join(figure.get_suptitle().split())
        assert SYNTHETIC_AR in drawn
        assert SYNTHETIC_EN in drawn
        assert plots.svg(figure) == (run.path / "figures" / f"{name}-ar.svg").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_figures")
def test_real_data_carry_no_mark(make_study, tmp_path, fake_encoder):
    found = run_study(make_study(lambda rows: rows, synthetic=False), out=tmp_path / "real", encoder=fake_encoder)
    assert SYNTHETIC_AR not in found.report.read_text(encoding="utf-8")
    for path in [*found.path.rglob("*.csv"), *found.path.glob("*.parquet")]:
        table = pd.read_csv(path, encoding="utf-8-sig") if path.suffix == ".csv" else read_table(path)
        assert "synthetic" not in table or not table["synthetic"].any(), path.name


# The same study gives the same bytes


@pytest.mark.usefixtures("no_figures")
def test_cold_warm_and_half_warm_store_give_the_same_bytes(small, tmp_path, fake_encoder):
    digests, counts = [], []
    for name in ("cold", "warm", "half"):
        if name == "half":
            with sqlite3.connect(store_path()) as store:
                store.execute("DELETE FROM vectors WHERE substr(hex(text), 1, 1) < '8'")
        found = run_study(small, out=tmp_path / name, encoder=fake_encoder, fresh=True)
        digests.append([sha256_file(found.path / f"{table}.parquet") for table in ("frames", "units", "voices")])
        counts.append(found.manifest["vectors"])
    assert digests[0] == digests[1] == digests[2]
    cold, warm, half = counts
    assert cold["from_store"] == warm["embedded"] == 0
    assert 0 < half["embedded"] < cold["embedded"] == warm["from_store"]


@pytest.mark.slow
def test_second_run_into_a_folder_leaves_nothing_of_the_first(small, tmp_path, fake_encoder):
    both = replace(small, report=ReportSettings(language="both"))
    first = run_study(both, out=tmp_path / "out", encoder=fake_encoder)
    assert (first.path / "figures" / "shares-en.svg").is_file()
    again = run_study(small, out=tmp_path / "out", encoder=fake_encoder)
    assert not list((again.path / "figures").glob("*-en.svg"))
    assert verify(again.path) == []
    present = {p.relative_to(again.path).as_posix() for p in again.path.rglob("*") if p.is_file()}
    listed = {output["path"] for output in again.manifest["outputs"]}
    assert {name for name in present if ".stages" not in name} == listed | {"manifest.json"}


@pytest.mark.usefixtures("no_figures")
@pytest.mark.slow
def test_second_run_takes_voices_and_frames_from_the_folder_and_gives_the_same(
    small, tmp_path, fake_encoder, monkeypatch
):
    first = run_study(small, out=tmp_path / "out", encoder=fake_encoder)
    before = sha256_file(first.path / "frames.parquet")
    for name in ("FrameModel", "find_voices"):
        monkeypatch.setattr(f"framing.pipeline.{name}", None)  # a call would fail
    again = run_study(small, out=tmp_path / "out", encoder=fake_encoder)
    assert sha256_file(again.path / "frames.parquet") == before
    assert again.to_frame().equals(first.to_frame())


@pytest.mark.usefixtures("no_figures")
@pytest.mark.slow
def test_run_into_another_folder_takes_voices_and_frames_from_the_cache_and_gives_the_same(
    small, tmp_path, fake_encoder, monkeypatch
):
    first = run_study(small, out=tmp_path / "one", encoder=fake_encoder)
    for name in ("FrameModel", "find_voices"):
        monkeypatch.setattr(f"framing.pipeline.{name}", None)  # a call would fail
    again = run_study(small, out=tmp_path / "two", encoder=fake_encoder)
    assert [output for output in again.manifest["outputs"] if output["path"].endswith("parquet")] == [
        output for output in first.manifest["outputs"] if output["path"].endswith("parquet")
    ]
    assert again["voices"].equals(first["voices"])
    with pytest.raises(TypeError, match="NoneType"):
        run_study(small, out=tmp_path / "three", encoder=fake_encoder, fresh=True)


@pytest.mark.usefixtures("no_figures")
def test_voices_are_found_anew_by_other_code_and_marked_anew_where_a_study_is_no_longer_invented(
    make_study, tmp_path, fake_encoder, monkeypatch
):
    found = []
    find = pipeline.find_voices
    monkeypatch.setattr(pipeline, "find_voices", lambda units: found.append(len(units)) or find(units))
    invented, real = (make_study(lambda rows: rows, synthetic=mark) for mark in (True, False))
    for number, (study, calls) in enumerate([(invented, 1), (invented, 1), (real, 2)]):
        run = run_study(study, out=tmp_path / f"out{number}", encoder=fake_encoder)
        assert len(found) == calls
        assert ("synthetic" in run["voices"]) == (study is invented)
    monkeypatch.setattr(pipeline, "code_hash", lambda: "other code")
    run_study(real, out=tmp_path / "other", encoder=fake_encoder)
    assert len(found) == 3


@pytest.mark.usefixtures("no_figures")
@pytest.mark.slow
def test_other_vectors_by_an_encoder_of_the_same_name_learn_anew(small, tmp_path, fake_encoder, monkeypatch):
    run_study(small, out=tmp_path / "one", encoder=fake_encoder)
    store_path().unlink()
    monkeypatch.setattr(fake_encoder, "STEMS", fake_encoder.STEMS[::-1])
    monkeypatch.setattr("framing.pipeline.FrameModel", None)
    with pytest.raises(TypeError, match="NoneType"):
        run_study(small, out=tmp_path / "two", encoder=fake_encoder)


@pytest.mark.usefixtures("no_figures")
@pytest.mark.slow
def test_changed_seed_learns_anew(small, tmp_path, fake_encoder, monkeypatch):
    run_study(small, out=tmp_path / "out", encoder=fake_encoder)
    monkeypatch.setattr("framing.pipeline.FrameModel", None)
    with pytest.raises(TypeError, match="NoneType"):
        run_study(replace(small, seed=8), out=tmp_path / "out", encoder=fake_encoder)


# Little or nothing to show


def test_no_article_at_all_is_one_clear_error(make_study, tmp_path, fake_encoder):
    short = [{"id": "1", "outlet": "صحيفة ألف", "title": "جسر", "text": "نص قصير عن جسر الوادي.", "date": "2031-03-02"}]
    with pytest.raises(ArticleError, match=r"no usable article is left\..*1 rows found.*too_short 1.*Check columns"):
        run_study(make_study(short), out=tmp_path / "out", encoder=fake_encoder)


def test_empty_file_is_one_clear_error(make_study, tmp_path, fake_encoder):
    with pytest.raises(ArticleError, match=r"no usable article|empty|no rows"):
        run_study(make_study([]), out=tmp_path / "out", encoder=fake_encoder)


def test_missing_file_is_named(small, tmp_path, fake_encoder):
    with pytest.raises(ArticleError, match=r"gone\.csv"):
        run_study(replace(small, articles=("gone.csv",)), out=tmp_path / "out", encoder=fake_encoder)


def test_story_that_no_article_tells_is_one_clear_error(small, tmp_path, fake_encoder):
    other = replace(small, relevance=replace(small.relevance, query=("زلزال المريخ",)))
    with pytest.raises(ArticleError, match=r"none of 12 articles is on the story\. Query: زلزال المريخ\. Widen"):
        run_study(other, out=tmp_path / "out", encoder=fake_encoder)


def check_report(found):
    """The page is whole, and says what it cannot show instead of showing nan."""
    page = found.report.read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert ">nan<" not in page.lower()
    assert verify(found.path) == []


def test_one_article_still_gives_a_report(make_study, tmp_path, fake_encoder):
    found = run_study(make_study(lambda rows: rows[:1]), out=tmp_path / "out", encoder=fake_encoder)
    assert found.manifest["counts"]["analysed"] == 1
    assert found["differences"].empty
    check_report(found)


@pytest.mark.usefixtures("no_figures")
def test_one_outlet_still_gives_a_report(make_study, tmp_path, fake_encoder):
    def alif(rows):
        return [row for row in rows if row["outlet"] == "صحيفة ألف"]

    found = run_study(make_study(alif), out=tmp_path / "out", encoder=fake_encoder)
    assert found["differences"].empty
    assert set(found.to_frame()["outlet"]) == {"صحيفة ألف"}
    check_report(found)


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize(
    "policy", ["keep", pytest.param("own", marks=pytest.mark.slow), pytest.param("weight", marks=pytest.mark.slow)]
)
def test_corpus_of_copies_alone_still_gives_a_report(make_study, tmp_path, fake_encoder, policy):
    def copies(rows):
        return [rows[0] | {"id": f"{o}", "outlet": f"صحيفة {o}", "url": ""} for o in ("ألف", "باء", "جيم")]

    found = run_study(make_study(copies, copies=policy), out=tmp_path / "out", encoder=fake_encoder)
    assert found["copies"]["copy_group"].tolist() == ["c0001"] * 3
    check_report(found)


@pytest.mark.usefixtures("no_figures")
def test_no_frame_anywhere_still_gives_a_report(make_study, tmp_path, fake_encoder):
    codebook = tmp_path / "book.yaml"
    frame = {"id": "mars", "name": "المريخ", "definition": "المريخ.", "terms": ["المريخ"]}
    book = {"id": "m", "version": "1", "frames": [frame]}
    codebook.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    study = make_study(lambda rows: rows, codebook=str(codebook))
    found = run_study(study, out=tmp_path / "out", encoder=fake_encoder)
    assert set(found["frames"]["state"]) == {"none"}
    assert (found.to_frame()["carried"].astype(float) == 0).all()
    check_report(found)


@pytest.mark.usefixtures("no_figures")
def test_every_unit_in_one_frame_still_gives_a_report(make_study, tmp_path, fake_encoder, monkeypatch):
    monkeypatch.setattr("framing.frame_learned.SURE", 0.0)
    monkeypatch.setattr("framing.frame_curve.TOLD_BIAS", 99.0)
    codebook = tmp_path / "book.yaml"
    frame = {
        "id": "all",
        "name": "الكل",
        "definition": "كل شيء.",
        "terms": [f"{letter}*" for letter in "ابتجحخدرسشصطعفقكلمنهوي"],
    }
    codebook.write_text(
        json.dumps({"id": "m", "version": "1", "frames": [frame]}, ensure_ascii=False), encoding="utf-8"
    )
    study = make_study(lambda rows: rows, codebook=str(codebook))
    found = run_study(study, out=tmp_path / "out", encoder=fake_encoder)
    assert set(found["frames"]["state"]) == {"carried"}
    check_report(found)


def test_text_that_is_all_boilerplate_is_one_clear_error(make_study, tmp_path, fake_encoder):
    row = {"id": "1", "outlet": "صحيفة ألف", "title": "", "text": "نص عن جسر الوادي " * 20, "date": "2031-03-02"}
    study = make_study([row])

    empty = pipeline.split_units(build_corpus(study).analysed.head(0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "split_units", lambda *_, **__: empty)
        with pytest.raises(ArticleError, match=r"no unit of analysis is left: every line.*Check `text`"):
            run_study(study, out=tmp_path / "out", encoder=fake_encoder)


def test_codebook_that_is_not_there_is_named_before_anything_is_written(small, tmp_path, fake_encoder):
    with pytest.raises(CodebookError, match=r"codebook 'north-korea-rusia'.*Did you mean 'north-korea-russia'"):
        run_study(replace(small, codebook="north-korea-rusia"), out=tmp_path / "out", encoder=fake_encoder)
    assert not (tmp_path / "out").exists()


def test_wrong_key_of_a_study_is_named(tmp_path, fake_encoder):
    path = tmp_path / "study.yaml"
    path.write_text("articles: [a.csv]\ncodebok: x\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"study\.yaml: 'codebok' is not a setting.*Did you mean 'codebook'"):
        run_study(path, out=tmp_path / "out", encoder=fake_encoder)


# Hand codes


@pytest.mark.usefixtures("no_figures")
def test_hand_codes_teach_and_those_of_other_units_are_left_out(make_study, tmp_path, fake_encoder, caplog):
    codes = pd.DataFrame(
        {"unit_id": ["alif-1#0", "gone#9"], "frame": ["economy", "economy"], "value": ["true", "true"]}
    )
    codes.to_csv(tmp_path / "codes.csv", index=False)
    study = make_study(lambda rows: rows, codes=str(tmp_path / "codes.csv"))
    found = run_study(study, out=tmp_path / "out", encoder=fake_encoder)
    assert "1 of 2 codes are of units that are not analysed; left out" in caplog.text
    assert len(found["frames"])


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, r"codes: .*codes\.csv is not a file\. Write the path"), ("unit_id,frame\n", "lacks the columns value")],
)
def test_codes_that_cannot_be_read_are_named(make_study, tmp_path, fake_encoder, content, message):
    if content is not None:
        (tmp_path / "codes.csv").write_text(content, encoding="utf-8")
    study = make_study(lambda rows: rows, codes=str(tmp_path / "codes.csv"))
    with pytest.raises(ArticleError, match=message):
        run_study(study, out=tmp_path / "out", encoder=fake_encoder)


def test_flow_counts_what_build_corpus_decided(small):
    corpus = build_corpus(small)
    flow = corpus_flow(corpus).table.groupby("step")["n"].sum()
    assert flow["on_story"] == corpus.table["on_story"].sum()
    assert flow["analysed"] == len(corpus.analysed)


# Killed runs


QUICK = (
    "import sys, framing.topics as t; t.MIN_UNITS = 10**6; from framing.cli import main; sys.exit(main(sys.argv[1:]))"
)


def start_run(out, cache):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "FRAMING_CACHE": str(cache)}
    command = [sys.executable, "-c", QUICK, "run", str(DATA / "study.yaml"), "--out", str(out), "--encoder", "lexical"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def finish(process):
    _, told = process.communicate(timeout=240)
    assert process.returncode == 0, told


def check_nothing_is_torn(folder):
    for path in folder.rglob("*.parquet"):
        assert read_table(path) is not None
    for path in folder.rglob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))
    for path in folder.rglob("*.html"):
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")


@pytest.mark.slow
def test_run_killed_at_any_moment_leaves_nothing_torn_and_goes_on(tmp_path):
    whole = start_run(tmp_path / "whole", tmp_path / "cache-1")
    begun = None
    for line in whole.stderr:
        if line.startswith("articles ..."):
            begun = time.perf_counter()
        if line.startswith("report ..."):
            break
    seconds = time.perf_counter() - begun
    finish(whole)
    moments = random.Random(11)
    out, n_killed = tmp_path / "out", 0
    for _ in range(5):
        process = start_run(out, tmp_path / "cache-2")
        for line in process.stderr:
            if line.startswith("articles ..."):
                break
        time.sleep(moments.uniform(0, 1.8 * seconds))
        n_killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        check_nothing_is_torn(out)
    assert n_killed >= 3
    finish(start_run(out, tmp_path / "cache-2"))
    assert verify(out) == []
    assert sha256_file(out / "frames.parquet") == sha256_file(tmp_path / "whole" / "frames.parquet")


# The whole run with clusters


@pytest.mark.slow
@pytest.mark.usefixtures("clusters")
def test_small_study_with_clusters_repeats_itself(tmp_path, fake_encoder):
    study = replace(load_study(DATA / "study.yaml"), topics=Topics(min_size=4))
    first, again = (run_study(study, out=tmp_path / name, encoder=fake_encoder, fresh=True) for name in ("one", "two"))
    for name in ("frames", "unit_topics", "topics"):
        assert sha256_file(first.path / f"{name}.parquet") == sha256_file(again.path / f"{name}.parquet")
    assert "topics" in first.tables
    check_report(first)


# The demo corpus against the plan it was written to


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run the demo study as `make demo` does, and keep its vectors for the gold units."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMING_CACHE", str(tmp_path_factory.mktemp("demo-cache")))
        patch.setattr("framing.topics.MIN_UNITS", 40)
        found = run_study(DEMO / "study.yaml", out=tmp_path_factory.mktemp("demo"))
        gold = read_gold()
        from framing.encoders import load_encoder

        encoder = load_encoder("e5-small")
        model = FrameModel(load_codebook("north-korea-russia"), encoder=encoder, seed=20241023).fit()
        return found, gold, model.predict(gold, embed(gold, encoder=encoder)).to_frame()


@pytest.fixture(scope="module")
def plan():
    return yaml.safe_load((DEMO / "plan.yaml").read_text(encoding="utf-8"))


def read_gold():
    return pd.read_csv(DEMO / "gold.csv", dtype=str, keep_default_na=False)


def parents_of(agreed):
    """Give the parents that a cell of `agreed` carries; a contested label carries none."""
    labels = [label.strip() for label in agreed.split(";")]
    return {label.partition(".")[0] for label in labels if not label.startswith("contested:")}


def f1(wanted, said):
    return 2 * (wanted & said).sum() / max(1, wanted.sum() + said.sum())


@pytest.mark.slow
def test_demo_counts_agree_with_the_plan(demo, plan):
    found, *_ = demo
    counts = found.manifest["counts"]
    assert counts["found"] == len(plan["articles"]) == 120
    assert counts["set_aside"] == sum("set_aside" in article for article in plan["articles"].values()) == 4
    assert counts["rejected"] == 0
    flow = pd.read_csv(found.path / "flow.csv", encoding="utf-8-sig").groupby("step")["n"].sum()
    assert flow["found"] == counts["found"]
    assert flow["long_enough"] == counts["articles"]
    assert flow["analysed"] == counts["analysed"]


@pytest.mark.slow
def test_demo_articles_off_the_story_are_found(demo, plan):
    articles = demo[0]["articles"]
    planned = ~articles["article_id"].map(lambda i: plan["articles"][i]["on_story"]).astype(bool)
    assert f1(planned, ~articles["on_story"].astype(bool)) >= 0.95


@pytest.mark.slow
def test_demo_copies_are_grouped_as_planned(demo, plan):
    found = demo[0]["copies"].set_index("article_id")["copy_group"]
    wires = {i: a["wire"] for i, a in plan["articles"].items() if a.get("wire") and a["role"] != "relay"}
    wires |= {i: a["copy_of"] for i, a in plan["articles"].items() if a.get("role") == "self"}
    wires |= {a["copy_of"]: a["copy_of"] for a in plan["articles"].values() if a.get("role") == "self"}
    missing = set(wires) - set(found.index)
    assert not missing
    pairs = pd.DataFrame({"planned": wires, "found": found.reindex(wires)})
    assert (pairs.groupby("planned")["found"].nunique() == 1).all()  # noqa: PD101 - nunique of each group
    assert (pairs.groupby("found")["planned"].nunique() == 1).all()  # noqa: PD101
    relays = {i for i, a in plan["articles"].items() if a.get("role") == "relay"}
    assert set(found.index) - set(wires) <= relays


@pytest.mark.slow
def test_demo_repetitions_inside_an_outlet_are_not_analysed(demo, plan):
    found, *_ = demo
    repeated = [i for i, a in plan["articles"].items() if a.get("role") == "self"]
    roles = found["copies"].set_index("article_id")["copy_role"]
    assert sum(roles == "self") == len(repeated) == 2
    assert not set(found["units"]["article_id"]) & set(roles.index[roles == "self"])


@pytest.mark.slow
def test_demo_leanings_are_recovered(demo, plan):
    shares = demo[0].to_frame()
    shares = shares[(shares["estimand"] == "article_share") & shares["frame"].isin(PARENTS)]
    wide = shares.assign(share=shares["share"].astype(float)).pivot_table(
        index="outlet", columns="frame", values="share"
    )
    leanings = {o: about["leaning"] for o, about in plan["outlets"].items() if about["leaning"] != "plain"}
    assert len(leanings) == 5
    assert {outlet: wide.loc[outlet].idxmax() for outlet in leanings} == leanings


@pytest.mark.slow
@pytest.mark.parametrize("frame", PARENTS)
def test_agreement_with_the_codes_does_not_fall_below_the_floor(demo, frame):
    _, gold, found = demo
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    wanted = gold["agreed"].map(lambda cell: frame in parents_of(cell)).to_numpy()
    measured = f1(wanted, found[f"is_{frame}"].to_numpy())
    assert measured >= floor["f1"][frame], f"{frame}: F1 {measured:.3f}"


@pytest.mark.slow
def test_macro_agreement_with_the_codes_does_not_fall_below_the_floor(demo):
    _, gold, found = demo
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    each = [
        f1(gold["agreed"].map(lambda cell, f=frame: f in parents_of(cell)).to_numpy(), found[f"is_{frame}"].to_numpy())
        for frame in PARENTS
    ]
    assert sum(each) / len(each) >= floor["macro_f1"], f"macro F1 {sum(each) / len(each):.3f}"


def test_floor_belongs_to_these_codes():
    floor = json.loads(FLOOR.read_text(encoding="utf-8"))
    assert floor["gold_sha256"] == sha256_file(DEMO / "gold.csv"), "codes changed: measure, then set the floor"
    assert set(floor["f1"]) == set(PARENTS)
    assert floor["note"]


def test_codes_are_read_by_their_own_rules():
    assert parents_of("escalation.by_west_ukraine; european_concern.alarm") == {"escalation", "european_concern"}
    assert parents_of("contested:escalation") == set()
    assert parents_of("none") == {"none"}


def test_gold_units_are_units_of_the_demo_corpus():
    articles = read_articles(DEMO / "articles.jsonl").table.set_index("article_id")
    for row in read_gold().itertuples():
        field = articles.loc[row.article_id, "title" if row.part == "title" else "text"]
        assert field[int(row.start) : int(row.end)] == row.text


@pytest.mark.slow
def test_demo_report_is_whole_in_both_languages(demo):
    found, *_ = demo
    check_report(found)
    page = found.report.read_text(encoding="utf-8")
    assert SYNTHETIC_AR in page
    assert SYNTHETIC_EN in page
    assert read_manifest(found.path)["encoder"]["name"] == "e5-small"


def test_similarity_to_the_story_can_narrow_the_query(data, tmp_path, fake_encoder):
    study = load_study(data / "study.yaml")
    wide = build_corpus(study, encoder=fake_encoder)
    narrow = build_corpus(replace(study, relevance=Relevance(study.relevance.query, 0.5)), encoder=fake_encoder)
    kept, before = set(narrow.analysed["article_id"]), set(wide.analysed["article_id"])
    assert kept < before
    assert narrow.relevance.table["score"].notna().all()
