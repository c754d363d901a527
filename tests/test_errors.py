import inspect

import pytest

from framing import errors
from framing.errors import CodebookError, FramingError, MissingLibraryError


def test_error_reads_in_english_and_in_arabic():
    error = FramingError("too few", ar="قليل جدا")
    assert str(error) == error.in_language("en") == "too few"
    assert error.in_language("ar") == "قليل جدا"


def test_english_stands_in_where_arabic_is_missing():
    assert FramingError("too few").in_language("ar") == "too few"


def test_every_error_of_the_package_is_caught_by_its_family():
    children = [getattr(errors, name) for name in errors.__all__]
    assert all(inspect.isclass(child) and issubclass(child, FramingError) for child in children)
    with pytest.raises(FramingError, match="frames"):
        raise CodebookError("frames is missing")


def test_missing_library_is_an_import_error_too():
    assert issubclass(MissingLibraryError, ImportError)
