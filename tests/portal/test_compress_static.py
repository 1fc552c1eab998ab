"""The embedded default serves its heaviest files compressed, as production does."""

from pathlib import Path
from typing import Any

from django.core.management import call_command

from foundation.management.commands.compress_static import HEAVY


def test_the_heavy_files_are_copied_and_compressed_once(settings: Any, tmp_path: Path) -> None:
    settings.COMPRESSED_STATIC_DIR = tmp_path
    call_command("compress_static")
    for name in HEAVY:
        whole, small = tmp_path / name, tmp_path / f"{name}.br"
        assert small.stat().st_size < whole.stat().st_size / 3
        small.unlink()

    call_command("compress_static")
    assert not list(tmp_path.rglob("*.br")), "unchanged files are left alone"
