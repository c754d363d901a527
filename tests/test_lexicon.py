import pytest

from framing.arabic import lexical_view
from framing.lexicon import load


@pytest.mark.parametrize("name", ["months", "agencies", "title_tails", "outlets", "place_aliases", "genres"])
def test_list_is_there_and_read_once(name):
    assert load(name)
    assert load(name) is load(name)


def test_no_place_name_stands_in_two_rows():
    names = [lexical_view(name) for row in load("place_aliases") for name in {lexical_view(n) for n in row}]
    assert len(names) == len(set(names))


def test_no_month_name_means_two_months():
    for kind in ("gregorian", "hijri"):
        names = [lexical_view(n).lower() for all_names in load("months")[kind].values() for n in set(all_names)]
        repeated = {n for n in names if names.count(n) > 1}
        months = {
            n: {m for m, a in load("months")[kind].items() if n in {lexical_view(x).lower() for x in a}}
            for n in repeated
        }
        assert all(len(found) == 1 for found in months.values()), months
