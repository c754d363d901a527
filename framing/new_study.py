"""A new study from a folder of texts: five questions, then study.yaml, a codebook to fill in and index.xlsx."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Literal

from framing.codebook import shipped_codebooks
from framing.errors import FramingError, StudyError
from framing.files import write_text
from framing.index_sheet import IndexRow, write_index
from framing.readers import KNOWN_UNREAD, PAGES, Record, Source, kind_of
from framing.readers.file_names import day_in_name, name_pattern, name_reader, readable_day
from framing.readers.indexed import articles_of, texts_in

STUDY, CODEBOOK, INDEX = "study.yaml", "codebook.yaml", "index.xlsx"


@dataclass(frozen=True)
class Answers:
    """What a new study is asked for.

    Parameters
    ----------
    title : of the study; empty: the folder's name.
    outlets : where their names stand: `folders` (the first sub-folder), `fill` (typed into the index), a pattern of
        file names such as `{outlet}_{date}_{n}`, or `auto` (folders where texts lie in sub-folders, else `fill`).
    language : of the report: ar, en or both. The index and messages are in English only for `en`.
    query : words of the story; none: every article is analysed.
    codebook : `new` for a template to fill in, a shipped codebook's name, or a file in the folder.
    """

    title: str = ""
    outlets: str = "auto"
    language: Literal["ar", "en", "both"] = "ar"
    query: tuple[str, ...] = ()
    codebook: str = "new"


@dataclass(frozen=True)
class Question:
    """One question, Arabic first; `read` turns what is typed into the answer, and an empty line is the default."""

    key: str
    ar: str
    en: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class NewStudy:
    """What `start_study` did.

    Parameters
    ----------
    written : files that were written or grown.
    notes : what a person should know, {en, ar}: files of theirs that were left as they are, and what to fill in.
    """

    written: tuple[Path, ...]
    notes: tuple[Mapping[str, str], ...]

    def summary(self, language: Literal["ar", "en"] = "en") -> str:
        """Say what was written and what comes next."""
        lead = {"en": "written", "ar": "كُتب"}[language]
        return "\n".join([*(f"{lead}: {path}" for path in self.written), *(note[language] for note in self.notes)])


def _plain(text: str) -> str:
    """Give what was typed on one line, without marks that a YAML file or a sheet cannot hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:1000]


def _outlets(text: str) -> str:
    typed = _plain(text)
    known = {"": "auto", "1": "folders", "مجلدات": "folders", "2": "fill", "3": "fill", "أملؤها": "fill"}
    found = known.get(typed, typed)
    if "{" in found:
        name_pattern(found)
    elif found not in ("auto", "folders", "fill"):
        raise _fault(
            f"'{found[:60]}' says not where outlets are named. Write 1, 2, or a pattern such as {{outlet}}_{{date}}.",
            f"«{found[:60]}» لا يدل على موضع أسماء الوسائل. اكتب 1 أو 2 أو نمطًا مثل {{outlet}}_{{date}}.",
        )
    return found


def _language(text: str) -> str:
    typed = _plain(text).casefold()
    found = {"": "ar", "1": "ar", "2": "en", "3": "both", "عربي": "ar", "العربية": "ar", "كلتاهما": "both"}.get(
        typed, typed
    )
    if found not in ("ar", "en", "both"):
        raise _fault(f"'{found[:60]}' is no language here. Write ar, en or both.", "اكتب ar أو en أو both.")
    return found


def _query(text: str) -> tuple[str, ...]:
    return tuple(word for part in re.split(r"[,،;؛\n]", text) if (word := _plain(part)))


def _codebook(text: str) -> str:
    typed = _plain(text)
    if typed in ("", "1", "new", "جديد"):
        return "new"
    if typed not in shipped_codebooks(forms=False) and not typed.endswith((".yaml", ".yml")):
        names = ", ".join(shipped_codebooks(forms=False))
        raise _fault(
            f"'{typed[:60]}' is no codebook. Write new, a .yaml file of the folder, or a shipped one: {names}.",
            f"«{typed[:60]}» ليس دليل ترميز. اكتب new أو اسم ملف yaml في المجلد أو دليلًا مرفقًا: {names}.",
        )
    return typed


QUESTIONS = (
    Question(
        "title",
        "١. عنوان الدراسة؟ (بلا جواب: اسم المجلد)",
        "Title of the study? (empty: the folder's name)",
        _plain,
    ),
    Question(
        "outlets",
        "٢. أين تظهر أسماء الوسائل الإعلامية؟ 1: في أسماء المجلدات الفرعية. 2: أكتبها بنفسي في index.xlsx."
        " أو اكتب نمط أسماء الملفات، مثل {outlet}_{date}_{n} (بلا جواب: 1 إن وُجدت مجلدات فرعية، وإلا 2)",
        "Where do the outlets' names stand? 1: names of sub-folders. 2: I type them into index.xlsx. Or write the"
        " pattern of the file names, such as {outlet}_{date}_{n} (empty: 1 where there are sub-folders, else 2)",
        _outlets,
    ),
    Question(
        "language", "٣. لغة التقرير؟ ar أو en أو both (بلا جواب: ar)", "Language of the report? (empty: ar)", _language
    ),
    Question(
        "query",
        "٤. ما الكلمات التي تدل على الموضوع؟ افصل بينها بفواصل، و«كلمة + كلمة» تعني الكلمتين معًا (بلا جواب: كل المواد)",
        "Which words tell that an article is on the story? Commas between; 'a + b' asks for both (empty: all articles)",
        _query,
    ),
    Question(
        "codebook",
        "٥. دليل الترميز؟ new لدليل جديد تملؤه، أو اسم دليل مرفق (north-korea-russia) (بلا جواب: new)",
        "Codebook? new for one to fill in, or a shipped one's name (empty: new)",
        _codebook,
    ),
)


def read_answers(given: Mapping[str, str]) -> Answers:
    """Give the answers to what was typed; a question without an answer takes its default.

    Raises
    ------
    StudyError : an answer that cannot be, or a key that is no question.
    """
    keys = [question.key for question in QUESTIONS]
    if unknown := [key for key in given if key not in keys]:
        raise _fault(f"'{unknown[0]}' is no question. Questions: {', '.join(keys)}.", "سؤال غير معروف.")
    return Answers(**{question.key: question.read(given.get(question.key, "")) for question in QUESTIONS})


def ask(read: Callable[[], str], write: Callable[[str], None], *, given: Mapping[str, str] | None = None) -> Answers:
    """Ask the questions that have no answer yet.

    Parameters
    ----------
    read : gives one line that a person typed; `EOFError` leaves the remaining questions at their defaults.
    write : shows a text.
    given : answers that are known, as text; they are not asked for.
    """
    answers = dict(given or {})
    read_answers(answers)
    ended = False
    for question in QUESTIONS:
        while question.key not in answers and not ended:
            write(f"{question.ar}\n{question.en}")
            try:
                typed = read()
                question.read(typed)
                answers[question.key] = typed
            except EOFError:
                ended = True
            except FramingError as error:
                write(f"{error.ar}\n{error}")
    return read_answers(answers)


def start_study(folder: str | Path, answers: Answers | None = None) -> NewStudy:
    """Write a study for a folder of texts: study.yaml, index.xlsx and, where asked for, codebook.yaml.

    A file that is there is never overwritten; an index is grown by rows for new texts.

    Raises
    ------
    StudyError : the folder is not there, or holds no text, or the codebook named is not in it.
    ArticleError : index.xlsx is there and is no index.
    """
    folder, answers = Path(folder), answers or Answers()
    texts = _texts(folder)
    is_shipped = answers.codebook in shipped_codebooks()
    codebook = CODEBOOK if answers.codebook == "new" else answers.codebook
    if answers.codebook != "new" and not is_shipped and not (folder / codebook).is_file():
        raise _fault(
            f"{folder}: no codebook {codebook} here. Put it there, or answer new.",
            f"{folder}: لا ملف {codebook} هنا. ضعه في المجلد أو أجب new.",
        )
    rows, notes = _rows(texts, answers)
    language: Literal["ar", "en"] = "en" if answers.language == "en" else "ar"
    values = _values(folder, answers, codebook, language)
    written = []
    if added := write_index(folder / INDEX, rows, language=language):
        written.append(folder / INDEX)
    notes.append(_index_note(len(added), len(rows)))
    files = [(STUDY, "new_study.yaml")] + ([(CODEBOOK, "new_codebook.yaml")] if answers.codebook == "new" else [])
    for name, template in files:
        if (folder / name).exists():
            notes.append(_kept(name))
        else:
            write_text(folder / name, _fill(template, values))
            written.append(folder / name)
    return NewStudy(tuple(written), (*notes, *_unread(folder)))


def _texts(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise _fault(
            f"{folder}: no such folder. Make it and put the texts into it.",
            f"{folder}: لا مجلد بهذا المسار. أنشئه وضع النصوص فيه.",
        )
    texts = texts_in(folder)
    if not texts:
        kinds = ", ".join(PAGES)
        raise _fault(
            f"{folder}: no text here or in sub-folders ({kinds} are read). Put texts there and run the command again.",
            f"{folder}: لا نصوص في هذا المجلد ولا تحته (تُقرأ {kinds}). ضع النصوص فيه ثم أعد الأمر.",
        )
    return texts


def _rows(texts: Mapping[str, Path], answers: Answers) -> tuple[list[IndexRow], list[Mapping[str, str]]]:
    """Give a row for each article, with what its file, its name and its place say."""
    read_name = name_reader(answers.outlets, texts)
    rows, strange = [], []
    for name, path in texts.items():
        named = read_name(name)
        if named is None:
            strange.append(name)
        articles = articles_of(Source(path, name))
        for number, article in enumerate(articles, 1):
            cells = article.cells if isinstance(article, Record) else {}
            rows.append(IndexRow(name, number if len(articles) > 1 else 0, _known(name, named or {}, cells)))
    return rows, [_strange(strange, answers.outlets)] if strange else []


def _known(name: str, named: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """Give what is known of an article: outlet and date as its file's name has them, the rest as its text has it."""
    found = {field: cells.get(field, "").strip() for field in ("outlet", "title", "author", "url")}
    published = cells.get("published", "").strip()
    found["date"] = named.get("date") or readable_day(published) or day_in_name(name)
    found["outlet"] = named.get("outlet") or found["outlet"]
    return found | {field: found[field] or named.get(field, "") for field in ("title", "author")}


def _values(folder: Path, answers: Answers, codebook: str, language: str) -> dict[str, str]:
    name = _plain(answers.title) or _plain(folder.resolve().name) or "study"
    return {
        "title": _quoted(name),
        "query": "[" + ", ".join(_quoted(word) for word in answers.query) + "]",
        "codebook": _quoted(codebook),
        "language": answers.language,
        "messages": language,
        "identifier": _quoted(re.sub(r"[^A-Za-z0-9]+", "-", folder.resolve().name).strip("-").lower() or "codebook"),
        "file": CODEBOOK,
    }


def _quoted(text: str) -> str:
    """Write a text as YAML reads it back, whatever stands in it."""
    return json.dumps(_plain(text), ensure_ascii=False)


def _fill(template: str, values: Mapping[str, str]) -> str:
    path = Path(__file__).parent / "templates" / template
    return Template(path.read_text(encoding="utf-8")).substitute(values)


def _index_note(n_added: int, n_rows: int) -> Mapping[str, str]:
    if not n_added:
        return {
            "en": f"{INDEX} names all {n_rows} articles already; it was not touched.",
            "ar": f"في {INDEX} صفوف لكل المواد ({n_rows})، فلم يُمس.",
        }
    return {
        "en": f"{INDEX}: rows added: {n_added} of {n_rows} articles. Fill in what is empty; what was typed stays.",
        "ar": f"{INDEX}: صفوف مضافة: {n_added} من {n_rows}. املأ الخلايا الفارغة في إكسل؛ وما كُتب من قبل باقٍ.",
    }


def _kept(name: str) -> Mapping[str, str]:
    hint = " See that it says articles: [index.xlsx]." if name == STUDY else ""
    hint_ar = " تأكد أن فيه السطر articles: [index.xlsx]." if name == STUDY else ""
    return {
        "en": f"{name} was there and stays as it is. Rename it and run the command again to have a new one.{hint}",
        "ar": f"{name} موجود فلم يُغيَّر. غيّر اسمه ثم أعد الأمر إن أردت ملفًا جديدًا.{hint_ar}",
    }


def _strange(names: list[str], pattern: str) -> Mapping[str, str]:
    shown = ", ".join(names[:3])
    return {
        "en": f"{len(names)} file names do not fit {pattern} ({shown}). Type their outlets and dates into {INDEX}.",
        "ar": f"أسماء ملفات لا توافق النمط {pattern}: {len(names)} ({shown}). اكتب وسائلها وتواريخها في {INDEX}.",
    }


def _unread(folder: Path) -> list[Mapping[str, str]]:
    files = [path.name for path in sorted(folder.rglob("*")) if kind_of(path) in KNOWN_UNREAD and path.is_file()]
    shown = ", ".join(files[:3])
    note = {
        "en": f"{len(files)} documents are not read as they are ({shown}). Save them as .txt (UTF-8) and run again.",
        "ar": f"ملفات لا تُقرأ كما هي: {len(files)} ({shown}). احفظها بصيغة txt (بترميز UTF-8) ثم أعد الأمر.",
    }
    return [note] if files else []


def _fault(message: str, ar: str) -> StudyError:
    return StudyError(message, ar=ar)
