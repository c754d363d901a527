"""Notebooks: thin, stored without outputs, and every cell runs."""

import ast
import os
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PARTS = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tree(cell):
    """Parse a cell; lines for the notebook itself (%, !) are left out."""
    return ast.parse("\n".join(line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!"))))


def test_there_are_notebooks():
    assert NOTEBOOKS


@PARTS
def test_notebook_is_named_by_order_and_question(path):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem)


@PARTS
def test_notebook_is_valid_and_stored_without_outputs(path):
    nbformat.validate(read(path))
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


@PARTS
def test_imports_stand_in_the_first_code_cell_alone(path):
    first, *others = code_cells(path)
    assert any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree(first)))
    late = [node for cell in others for node in ast.walk(tree(cell)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert late == []


@PARTS
def test_parameters_stand_in_the_second_code_cell(path):
    tagged = [n for n, cell in enumerate(code_cells(path)) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [1]


@PARTS
def test_no_function_of_a_notebook_is_longer_than_three_lines(path):
    long = [
        node.name
        for cell in code_cells(path)
        for node in ast.walk(tree(cell))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.end_lineno - node.lineno + 1 > 3
    ]
    assert long == []


@PARTS
def test_notebook_has_no_loop(path):
    loops = [
        node for cell in code_cells(path) for node in ast.walk(tree(cell)) if isinstance(node, (ast.For, ast.While))
    ]
    assert loops == []


@PARTS
def test_notebook_of_invented_data_says_so_at_the_top(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert "بيانات مخترعة للتدريب" in first.source


@pytest.mark.slow
@PARTS
def test_notebook_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("FRAMING_NOTEBOOK_ENCODER", "lexical")
    monkeypatch.setenv("FRAMING_NOTEBOOK_OUT", str(tmp_path / "out"))
    root = str(FOLDER.parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])))
    before = path.read_bytes()
    notebook = read(path)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    shown = [output for cell in cells for output in cell.outputs if "data" in output]
    assert any("image/png" in output.data for output in shown)
    assert any('dir="rtl"' in output.data.get("text/html", "") for output in shown)
    assert path.read_bytes() == before
