"""Tables of the page as plain rows."""

from framing.report.language import Texts
from framing.report.results import read_results
from framing.report.tables import differences_table, flow_table, shares_table


def test_frames_stand_in_the_order_of_the_codebook_with_children_set_in(build_folder):
    results = read_results(build_folder(14))
    table = shares_table(results, Texts("en", codebook=results.codebook), estimand="article_share")
    assert [(row.head.text, row.child) for row in table.rows][:3] == [
        ("Escalation", False), ("by the West and Ukraine", True), ("Sovereignty and legality", False),
    ]  # fmt: skip
    assert table.heads[1].more == "n = 14"


def test_flow_ends_with_the_total(build_folder):
    table = flow_table(read_results(build_folder(14)), Texts("en"))
    assert table.rows[-1].head.text == "Total"
    assert [cell.text for cell in table.rows[-1].cells] == ["60", "57", "54", "51", "48", "45", "42"]


def test_differences_stand_frame_by_frame_in_alphabetical_pairs(build_folder):
    results = read_results(build_folder(14))
    table = differences_table(results, ["sovereignty", "escalation"], "frames", Texts("en", codebook=results.codebook))
    assert [row.head.text for row in table.rows] == ["Sovereignty and legality"] * 3 + ["Escalation"] * 3
    assert [row.cells[0].text for row in table.rows[:3]] == ["صحيفة ألف", "صحيفة ألف", "قناة جيم"]
