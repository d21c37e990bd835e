"""The figures of the lessons: functions that take arrays and return a matplotlib Figure."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "comparison": ["Comparison", "compare_models"],
        "maps": ["compare_codes", "compare_maps"],
    },
)
