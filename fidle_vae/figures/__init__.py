"""The figures of the lessons: arrays in, one matplotlib Figure out."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "comparison": ["Comparison", "compare_models"],
        "maps": ["compare_maps"],
    },
)
