"""Execute a notebook in a fresh kernel of this Python, and report its progress."""

import asyncio
import os
import signal
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import NamedTuple

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from fidle_vae.course.markdown import headings
from fidle_vae.course.signals import StopSignals


class Place(NamedTuple):
    """A code cell of a notebook: its number among them, as `In [3]` shows, and its section."""

    number: int
    count: int
    section: str

    def __str__(self) -> str:
        return f"cell {self.number}" + (f" ({self.section})" if self.section else "")


class Stop(NamedTuple):
    """Where an execution stopped, and why; `place` is None before the first cell."""

    status: str
    error: str
    place: Place | None


def execute(
    notebook: NotebookNode, folder: Path, environment: dict, progress, stop_signals: StopSignals
) -> Stop | None:
    """Execute a notebook in place; return why it stopped early, or None.

    Args:
        notebook: its outputs are kept up to the cell where it stops.
        folder: the kernel's working directory.
        environment: variables to set for the kernel, in addition to those of this process.
        progress: its methods `cell(place)` and `output(text)` are called, and `tick()` each second.
        stop_signals: ends the kernel when a signal comes.
    """
    return asyncio.run(_execute(notebook, folder, environment, progress, stop_signals))


async def _execute(notebook, folder, environment, progress, stop_signals):
    client = _Client(notebook, progress)
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def cancel():
        loop.call_soon_threadsafe(task.cancel)

    stop_signals.listeners.add(cancel)
    ticking = asyncio.create_task(_tick(progress))
    stop = None
    with tempfile.TemporaryFile() as console:  # where TensorFlow and ipykernel greet
        try:
            if stop_signals.received:
                raise asyncio.CancelledError
            await client.async_start_new_kernel(
                cwd=str(folder),
                env=_kernel_environment(environment),
                stdout=console,
                stderr=console,
            )
            await client.async_start_new_kernel_client()
            for index, cell in enumerate(notebook.cells):
                await client.async_execute_cell(cell, index, client.code_cells_executed + 1)
        except CellExecutionError as error:
            words = textwrap.shorten(f"{error.ename}: {error.evalue}", 600, placeholder=" ...")
            stop = Stop("failed", words, client.place)
        except (RuntimeError, asyncio.CancelledError) as error:  # nbclient may raise either
            task.uncancel()
            if stop_signals.received:
                name = signal.Signals(stop_signals.received).name
                stop = Stop("interrupted", f"stopped by {name}", client.place)
            else:
                stop = Stop("failed", _explain_death(client, error, console), client.place)
            client.note(stop)
        finally:
            ticking.cancel()
            await client.end_kernel(now=stop is not None)
            stop_signals.listeners.discard(cancel)
    return stop


async def _tick(progress):
    while True:
        await asyncio.sleep(1)
        progress.tick()


def _kernel_environment(environment):
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return inherited | environment  # ipykernel shows figures, where MPLBACKEND does not forbid it


def _explain_death(client, error, console):
    """Return a sentence on a kernel that died, with the last line on its console, if any."""
    console.seek(0)
    lines = console.read().decode(errors="replace").splitlines()
    lines = [line.strip() for line in lines if line.strip() and "[IPKernelApp]" not in line]
    death = "the kernel died (often: out of memory)"
    if client.place is None:
        death = f"the kernel did not start ({error})"
    return f"{death}: {lines[-1]}" if lines else death


class _ThisPython(KernelSpecManager):
    """Kernels of this interpreter, whatever kernel a user has installed as "python3"."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            name=kernel_name,
            display_name="Python 3",
            language="python",
        )


class _Client(NotebookClient):
    """A client that reports which cell it executes and what the kernel prints."""

    def __init__(self, notebook, progress):
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
        super().__init__(
            notebook,
            km=manager,
            coalesce_streams=True,
            startup_timeout=120,
            iopub_timeout=60,
            on_cell_execute=self._begin,
        )
        self.manager, self.progress, self.place = manager, progress, None
        self._sections = _sections(notebook)
        self._count = sum(_is_executed(cell) for cell in notebook.cells)

    def _begin(self, cell, cell_index):
        self._cell = cell
        cell.outputs = []
        self.place = Place(self.code_cells_executed + 1, self._count, self._sections[cell_index])
        self.progress.cell(self.place)

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            self.progress.output(msg["content"]["text"])
        return super().process_message(msg, cell, cell_index)

    def note(self, stop):
        """Show in the cell why it stopped, where the kernel could not."""
        if self.place:
            words = "Interrupted" if stop.status == "interrupted" else "KernelDied"
            self._cell.outputs.append(
                new_output(
                    "error", ename=words, evalue=stop.error, traceback=[f"{words}: {stop.error}"]
                )
            )

    async def end_kernel(self, now):
        """End the kernel, at once or after it has shut down in order."""
        if await self.manager.is_alive():
            await self.manager.shutdown_kernel(now=now)
        await self.manager.cleanup_resources()
        if self.kc:
            self.kc.stop_channels()


def _is_executed(cell):
    return cell.cell_type == "code" and bool(cell.source.strip())


def _sections(notebook):
    """Return the last heading above each cell."""
    sections, heading = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = [heading, *headings(cell.source)][-1]
        sections.append(heading)
    return sections
