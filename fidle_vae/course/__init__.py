"""The lessons: which there are, how they run, and how they are shown."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"source": ["show_source"]}
)
