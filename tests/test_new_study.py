import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.articles import read_articles
from framing.codebook import load_codebook
from framing.errors import ArticleError, CodebookError, StudyError
from framing.new_study import QUESTIONS, Answers, ask, read_answers, start_study
from framing.study import load_study

TEXT = (
    "افتتحت بلدية الوادي اليوم الجسر الجديد بعد أعمال دامت ثلاث سنوات، وقال مهندس المشروع "
    "إن الأعمدة فُحصت مرتين قبل أن تعبرها الحافلات الأولى صباحا."
)


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "صحيفة النهر/2024-10-23 جسر.txt": f"افتتاح الجسر\n\n{TEXT}",
        "قناة الساحة/1.txt": f"{TEXT} أولى\n===\n{TEXT} ثانية",
    }.items():
        path = tmp_path / "دراسة الجسر" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "دراسة الجسر"


def index_rows(folder):
    sheet = openpyxl.load_workbook(folder / "index.xlsx").worksheets[0]
    return [["" if value is None else value for value in row] for row in sheet.iter_rows(min_row=2, values_only=True)]


def names(done):
    return [path.name for path in done.written]


def test_folder_becomes_a_study_that_is_read_end_to_end(folder):
    done = start_study(folder, Answers(query=("جسر", "الوادي + بلدية"), codebook="north-korea-russia"))
    assert names(done) == ["index.xlsx", "study.yaml"]
    study = load_study(folder / "study.yaml")
    assert (study.articles, study.codebook) == (("index.xlsx",), "north-korea-russia")
    assert (study.relevance.query, study.report.language, study.lang) == (("جسر", "الوادي + بلدية"), "ar", "ar")
    assert study.title_in("ar") == "دراسة الجسر"
    articles = read_articles([study.folder / path for path in study.articles])
    assert articles.table[["outlet", "title"]].to_numpy().tolist() == [
        ["صحيفة النهر", "افتتاح الجسر"], ["قناة الساحة", ""], ["قناة الساحة", ""],
    ]  # fmt: skip
    assert articles.rejected.empty
    assert articles.warnings.empty


def test_index_has_what_can_be_known(folder):
    start_study(folder)
    assert index_rows(folder) == [
        ["صحيفة النهر/2024-10-23 جسر.txt", "", "صحيفة النهر", "2024-10-23", "افتتاح الجسر", "", ""],
        ["قناة الساحة/1.txt", "1", "قناة الساحة", "", "", "", ""],
        ["قناة الساحة/1.txt", "2", "قناة الساحة", "", "", "", ""],
    ]


def test_what_is_typed_into_the_index_is_what_is_read(folder):
    start_study(folder)
    book = openpyxl.load_workbook(folder / "index.xlsx")
    sheet = book.worksheets[0]
    sheet["C2"], sheet["D3"], sheet["E3"] = "النهر", "24 أكتوبر 2024", "عنوان مكتوب"
    book.save(folder / "index.xlsx")
    table = read_articles(folder / "index.xlsx").table
    assert table["outlet"].tolist() == ["النهر", "قناة الساحة", "قناة الساحة"]
    assert table["published_date"].tolist()[:2] == ["2024-10-23", "2024-10-24"]
    assert table["title"].tolist()[1] == "عنوان مكتوب"


def test_names_by_a_pattern_give_outlet_and_date(folder):
    (folder / "الساحة_20241024_7.txt").write_text(TEXT, encoding="utf-8")
    done = start_study(folder, Answers(outlets="{outlet}_{date}_{n}"))
    assert ["الساحة_20241024_7.txt", "", "الساحة", "2024-10-24", "", "", ""] in index_rows(folder)
    assert "2 file names do not fit {outlet}_{date}_{n} (" in done.summary("en")


def test_page_fills_its_row(folder):
    pytest.importorskip("trafilatura")
    paragraphs = f"<p>{TEXT}</p>" * 4
    head = '<title>عنوان الصفحة</title><link rel="canonical" href="https://nahr.example/1">'
    head += '<meta property="article:published_time" content="2024-10-23T10:00:00+03:00">'
    html = f"<html><head><meta charset='utf-8'>{head}</head><body><article>{paragraphs}</article></body></html>"
    (folder / "صحيفة النهر" / "2.html").write_text(html, encoding="utf-8")
    start_study(folder)
    assert [
        "صحيفة النهر/2.html", "", "صحيفة النهر", "2024-10-23", "عنوان الصفحة", "https://nahr.example/1", "",
    ] in index_rows(folder)  # fmt: skip


def test_second_run_keeps_every_file_and_adds_new_texts(folder):
    start_study(folder)
    for name in ("study.yaml", "codebook.yaml"):
        (folder / name).write_text("mine: true\n", encoding="utf-8")
    (folder / "قناة الساحة" / "2.txt").write_text(TEXT, encoding="utf-8")
    done = start_study(folder)
    assert names(done) == ["index.xlsx"]
    assert (folder / "study.yaml").read_text(encoding="utf-8") == "mine: true\n"
    assert "study.yaml was there and stays as it is. Rename it" in done.summary("en")
    assert "codebook.yaml موجود فلم يُغيَّر" in done.summary("ar")
    assert "rows added: 1 of 4" in done.summary("en")
    assert [row[0] for row in index_rows(folder)][-1] == "قناة الساحة/2.txt"
    assert "names all 4 articles already" in start_study(folder).summary("en")


def test_index_of_the_users_own_stops_before_anything_is_written(folder):
    openpyxl.Workbook().save(folder / "index.xlsx")
    with pytest.raises(ArticleError, match="and no index"):
        start_study(folder)
    assert not (folder / "study.yaml").exists()


def test_codebook_template_says_what_is_blank_and_loads_once_filled(folder):
    start_study(folder)
    path = folder / "codebook.yaml"
    template = path.read_text(encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        load_codebook(path)
    blanks = re.findall(r"^ *-? *(?:ar|text): +# ✎", template, re.MULTILINE)
    assert len(str(caught.value).splitlines()) == len(blanks) == 16
    counter = iter(range(100))
    filled = re.sub(r"(ar|text): +(?=# ✎)", lambda match: f'{match[1]}: "جملة {next(counter)}"  ', template)
    path.write_text(filled, encoding="utf-8")
    codebook = load_codebook(path)
    assert codebook.frame_ids == ("frame_1", "frame_2")
    assert [codebook.n_examples(frame) for frame in codebook.frame_ids] == [4, 4]
    assert load_codebook("codebook.yaml", folder=load_study(folder / "study.yaml").folder).version == "0.1"


def test_comments_of_the_template_are_in_arabic(folder):
    start_study(folder)
    for line in (folder / "codebook.yaml").read_text(encoding="utf-8").splitlines():
        if "#" in line:
            assert re.search("[\u0621-\u064a]", line.partition("#")[2]) or line.strip() == "#"


def test_documents_that_are_not_read_are_named(folder):
    (folder / "تقرير.pdf").write_bytes(b"%PDF")
    assert "1 documents are not read as they are (تقرير.pdf). Save them as .txt" in start_study(folder).summary("en")


def test_faults_say_what_to_do(tmp_path, folder):
    with pytest.raises(StudyError, match=r"no such folder. Make it and put the texts into it"):
        start_study(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match=r"no text here or in sub-folders \(.*\.txt.*Put texts there"):
        start_study(tmp_path / "empty")
    with pytest.raises(StudyError, match=r"no codebook own\.yaml here"):
        start_study(folder, Answers(codebook="own.yaml"))
    with pytest.raises(StudyError, match="'colour' is no question"):
        read_answers({"colour": "red"})


def test_own_codebook_in_the_folder_is_named_in_the_study(folder, data):
    (folder / "own.yaml").write_bytes((data / "codebook.yaml").read_bytes())
    assert names(start_study(folder, Answers(codebook="own.yaml"))) == ["index.xlsx", "study.yaml"]
    assert load_study(folder / "study.yaml").codebook == "own.yaml"


def talk(lines):
    shown, typed = [], iter(lines)

    def read():
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    return read, shown.append, shown


def test_five_questions_are_asked_in_arabic_first():
    read, write, shown = talk(["عنوان", "{outlet}_{n}", "both", "جسر، الوادي + بلدية", "north-korea-russia"])
    found = ask(read, write)
    assert found == Answers("عنوان", "{outlet}_{n}", "both", ("جسر", "الوادي + بلدية"), "north-korea-russia")
    assert len(shown) == len(QUESTIONS) == 5
    assert all(re.match("[١-٥]\\. [\u0621-\u064a]", text) and re.search("\n[A-Z]", text) for text in shown)


def test_empty_answers_are_the_defaults():
    read, write, _ = talk([""] * 5)
    assert ask(read, write) == read_answers({}) == Answers()


def test_answer_that_cannot_be_is_asked_again_with_the_reason():
    read, write, shown = talk(["", "{day}", "9", "1", "français", "en", "", "nothing", "new"])
    assert ask(read, write) == Answers(outlets="folders", language="en")
    assert len(shown) == 5 + 4 + 4
    assert any("its parts are {outlet}" in text for text in shown)
    assert any("'nothing' is no codebook. Write new" in text for text in shown)


def test_form_cannot_be_the_codebook_of_a_study():
    with pytest.raises(StudyError, match=r"'policy-frames' is no codebook.*a shipped one: north-korea-russia\."):
        read_answers({"codebook": "policy-frames"})


def test_given_answers_are_not_asked_and_an_end_of_input_leaves_defaults():
    read, write, shown = talk(["عنوان"])
    found = ask(read, write, given={"language": "en", "codebook": "new", "query": "جسر"})
    assert found == Answers(title="عنوان", language="en", query=("جسر",))
    assert len(shown) == 2
    with pytest.raises(StudyError, match=r"'xx' is no language here. Write ar, en or both"):
        ask(read, write, given={"language": "xx"})


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_title_and_words_make_a_study_that_loads(tmp_path_factory, title, words):
    folder = tmp_path_factory.mktemp("any")
    (folder / "1.txt").write_text(TEXT, encoding="utf-8")
    answers = read_answers({"title": title, "query": words})
    start_study(folder, answers)
    study = load_study(folder / "study.yaml")
    assert study.relevance.query == answers.query
    assert study.title_in("ar") == (answers.title or folder.name)
