"""Put the lessons, which lie beside the package, into the wheel; all else is in pyproject.toml."""

import shutil
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithLessons(build_py):
    """Build the package with the files that `fidle-vae start` lays out."""

    def run(self):
        super().run()
        if self.editable_mode:  # then they are found in the checkout
            return
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        for pattern in project["tool"]["fidle_vae"]["start"]:
            files = sorted(ROOT.glob(pattern))
            if not files:
                raise FileNotFoundError(f"the wheel needs {pattern}, of which there is none.")
            for file in files:
                copy = Path(self.build_lib, "fidle_vae/course/start_folder", file.relative_to(ROOT))
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


setup(cmdclass={"build_py": BuildWithLessons})
