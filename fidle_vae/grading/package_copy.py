"""A copy of the package for each submission, which it can break without harm to others."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


class PackageCopy:
    """The files of the package as they were at the start, held in memory.

    Each submission works on a copy of them. So a submission that overwrites the checks spoils no
    other submission, whatever the isolation, and it is known which one did it.
    """

    def __init__(self, package: Path = PACKAGE):
        self.package = package
        self._files = {name: path.read_bytes() for name, path in _files(package)}

    def write(self, folder: Path) -> None:
        """Write the copy into a folder, from which Python can import it."""
        for name, content in self._files.items():
            path = folder / self.package.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def changed(self, folder: Path | None = None) -> list[str]:
        """Return the files of the copy in a folder, or of the package, that have changed.

        A link counts as changed, and is not followed.
        """
        copy = folder / self.package.name if folder else self.package
        if copy.is_symlink() and folder:
            return ["."]
        found = dict(_files(copy))
        return sorted(
            name
            for name in {*found, *self._files}
            if name not in found or name not in self._files or not self._is_same(name, found[name])
        )

    def _is_same(self, name, path):
        content = self._files[name]
        try:  # the size first, as a file can be larger than the memory
            return (
                not path.is_symlink()
                and path.stat().st_size == len(content)
                and path.read_bytes() == content
            )
        except OSError:
            return False


def _files(folder):
    """Return all files except bytecode, which Python makes again."""
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and "__pycache__" not in path.parts
    ]
