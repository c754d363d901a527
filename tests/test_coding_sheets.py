import openpyxl
import pandas as pd
import pytest

from framing.coding import CODE_COLUMNS, CodingSample, load_sample, sample_for_coding
from framing.coding_sheets import HEADINGS, read_sheet, sample_path, write_sheet
from framing.errors import CodingError
from framing.files import read_csv, write_csv
from framing.relevance import judge_relevance

FORMULAS = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "＝1", "'=1", '=HYPERLINK("https://x.example","y")']


@pytest.fixture
def sample() -> CodingSample:
    titles = [f"الجسر {n}" for n in range(6)] + ["شأن"] * 4
    articles = pd.DataFrame(
        {
            "article_id": [f"0{n}" for n in range(10)],
            "outlet": ["NA", "ألف"] * 5,
            "title": titles,
            "text": [f"نص قصير عن الجسر رقم {n}." if n < 6 else "سطر " * 70 + "المرفأ." for n in range(10)],
            "published_date": "2024-10-24",
            "url": "https://alif.example/1",
        }
    )
    story = {"ar": "عودة الجسر", "en": "The bridge returns"}
    return sample_for_coding(articles, judge_relevance(articles, query=["الجسر"]), broader=["المرفأ"], n=4, story=story)


def fill(path, values, language="ar"):
    """Write values into the column of codes, as a coder would in Excel."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index(HEADINGS["value"][language]) + 1
    for row, value in enumerate(values, 2):
        sheet.cell(row, column).value = value
    book.save(path)


@pytest.mark.parametrize(("language", "yes"), [("ar", "نعم"), ("en", "yes")])
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_coded_sheet_comes_back_as_codes(tmp_path, sample, language, yes, ending):
    path = write_sheet(sample, tmp_path / f"sheet{ending}", coder="م1", language=language)
    if ending == ".xlsx":
        fill(path, [yes, "no", "غير متاكد", " YES ", "لا"], language)
    else:
        table = read_csv(path)
        table.loc[:4, HEADINGS["value"][language]] = [yes, "no", "غير متاكد", " YES ", "لا"]
        write_csv(path, table)
    codes = read_sheet(path)
    assert tuple(codes.columns) == CODE_COLUMNS
    assert codes["value"].tolist() == ["yes", "no", "unsure", "yes", "no"]
    assert codes["unit_id"].tolist() == sample.table["unit_id"].tolist()[:5]
    assert codes["probability"].tolist() == sample.table["probability"].tolist()[:5]
    assert codes.drop(
        columns=["unit_id", "value", "probability", "coded_at"]
    ).drop_duplicates().to_numpy().tolist() == [["م1", "person", "on_story", "production", "relevance", sample.sha256]]
    assert codes["coded_at"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00").all()


def test_workbook_is_right_to_left_with_a_drop_down_and_instructions(tmp_path, sample):
    book = openpyxl.load_workbook(write_sheet(sample, tmp_path / "a.xlsx"))
    sheet, about = book.worksheets
    assert sheet.sheet_view.rightToLeft
    assert about.sheet_view.rightToLeft
    (asked,) = sheet.data_validations.dataValidation
    assert asked.formula1 == '"نعم,لا,غير متأكد"'
    assert str(asked.sqref) == "H2:H9"
    assert sheet["H1"].value == "الترميز"
    told = "\n".join(str(row[0].value or "") for row in about.iter_rows())
    for expected in ("الموضوع: عودة الجسر", "The story: The bridge returns", "«غير متأكد»", "unsure:"):
        assert expected in told


def test_english_sheet_reads_from_left_to_right(tmp_path, sample):
    book = openpyxl.load_workbook(write_sheet(sample, tmp_path / "a.xlsx", language="en"))
    assert not book.worksheets[0].sheet_view.rightToLeft
    assert book.worksheets[0].data_validations.dataValidation[0].formula1 == '"yes,no,unsure"'


def test_sheet_does_not_tell_hits_from_the_remainder(tmp_path, sample):
    table = read_csv(write_sheet(sample, tmp_path / "a.csv"))
    assert list(table.columns) == [names["ar"] for names in HEADINGS.values()]
    cells = " ".join(table.to_numpy().ravel())
    assert "remainder" not in cells
    assert "0.66" not in cells


@pytest.mark.parametrize("payload", FORMULAS)
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_no_cell_runs_as_a_formula(tmp_path, sample, payload, ending):
    hostile = CodingSample(
        sample.table.assign(title=payload, outlet=payload, lead=payload, snippet=payload, url=payload),
        sample.strata, sample.outlets, sample.question, sample.purpose, {"story": {"ar": payload, "en": payload}},
    )  # fmt: skip
    path = write_sheet(hostile, tmp_path / f"a{ending}", coder=payload)
    if ending == ".xlsx":
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
        assert not [cell for cell in cells if cell.hyperlink]
        values = [str(cell.value) for cell in cells if cell.value]
    else:
        values = pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy().ravel().tolist()
    assert not [value for value in values if value.startswith(("=", "+", "-", "@", "\t", "＝"))]


def test_controls_and_lone_surrogates_do_not_stop_the_writing(tmp_path, sample):
    title = pd.Series(["ا\x00ب\ud800\u202e"] * len(sample.table), dtype=object)
    dirty = sample.table.assign(title=title, lead="س" * 50_000)
    whole = CodingSample(dirty, sample.strata, sample.outlets, sample.question, "relevance", {})
    path = write_sheet(whole, tmp_path / "a.xlsx")
    first = openpyxl.load_workbook(path).worksheets[0]
    assert first.max_row == len(dirty) + 1


def test_each_fault_has_a_line_with_file_and_row(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "a.csv")
    table = read_csv(path)
    table["الترميز"] = "نعم"
    table.loc[1, "الترميز"] = "ربما"
    table.loc[2, "المعرّف"] = "zzz"
    table.loc[3, "المعرّف"] = table.loc[0, "المعرّف"]
    write_csv(path, table)
    with pytest.raises(CodingError) as caught:
        read_sheet(path)
    assert str(caught.value).splitlines() == [
        "a.csv, row 3: code 'ربما' is not a code; write one of yes, no, unsure.",
        "a.csv, row 4: unit_id 'zzz' is not in this sheet's sample.",
        f"a.csv, row 5: unit_id '{table.loc[0, 'المعرّف']}' stands in row 2 too.",
    ]
    assert len(caught.value.in_language("ar").splitlines()) == 3


def test_hundreds_of_faults_are_counted_not_listed(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "a.csv")
    table = pd.concat([read_csv(path)] * 20)
    write_csv(path, table)
    with pytest.raises(CodingError, match=r"a\.csv: \d+ more faults"):
        read_sheet(path)


def test_missing_column_is_named(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "a.csv")
    write_csv(path, read_csv(path).drop(columns="الترميز"))
    with pytest.raises(CodingError, match=r"a\.csv: the column 'code' is missing; found 'المعرّف'"):
        read_sheet(path)


def test_rows_without_a_code_are_not_coded_yet(tmp_path, sample):
    assert read_sheet(write_sheet(sample, tmp_path / "a.xlsx")).empty


def test_two_coders_may_share_a_sheet(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "a.csv", coder="أ")
    one = read_csv(path).assign(الترميز="نعم")
    write_csv(path, pd.concat([one, one.assign(المُرمِّز="ب", الترميز="لا")]))
    assert read_sheet(path).groupby("coder")["value"].unique().map(list).to_dict() == {"أ": ["yes"], "ب": ["no"]}


def test_coder_without_a_name_has_the_sheets(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "sara.xlsx")
    fill(path, ["نعم"])
    assert read_sheet(path)["coder"].tolist() == ["sara"]
    assert read_sheet(path, coder="م2", coder_kind="model")[["coder", "coder_kind"]].to_numpy().tolist() == [
        ["م2", "model"]
    ]


def test_other_endings_and_missing_files_are_refused(tmp_path, sample):
    with pytest.raises(CodingError, match=r"a\.doc: a coding sheet is written as \.xlsx or \.csv"):
        write_sheet(sample, tmp_path / "a.doc")
    with pytest.raises(CodingError, match=r"no coding sheet .* is there"):
        read_sheet(tmp_path / "none.xlsx", sample=sample)


def test_sample_from_its_file_holds_nothing_to_show(tmp_path, sample):
    path = write_sheet(sample, tmp_path / "a.xlsx")
    with pytest.raises(CodingError, match=r"holds no text\. Draw it again"):
        write_sheet(load_sample(sample_path(path)), tmp_path / "b.xlsx")
