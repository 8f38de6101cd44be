"""Memory that documents leave behind."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

DOCUMENTS = """
import sys
from pathlib import Path
from bot.allocator import be_frugal

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

if sys.argv[1] == "frugal":
    be_frugal()
before = resident()
documents, kept = [], []
for _ in range(400):  # 40 MB at once, and a little that stays among it
    documents.append(b"x" * 100_000)
    kept.append(b"x" * 600)
documents.clear()
print(resident() - before)
"""


def left(how: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", DOCUMENTS, how], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the switch is glibc's")
def test_documents_give_their_memory_back() -> None:
    assert left("frugal") < left("as it comes") / 4
