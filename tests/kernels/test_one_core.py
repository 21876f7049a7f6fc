"""A process that a test starts runs the same core as the test: the sanitized one, where that is what is tested."""

import subprocess
import sys
from pathlib import Path

import pytest

from pybench import _native

pytestmark = pytest.mark.native


def test_a_child_loads_the_core_of_its_parent(tmp_path: Path) -> None:
    code = "from pybench import _native; print(_native.__file__)"
    child = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (child.stderr, child.stdout.strip()) == ("", _native.__file__)
