"""A run's folder and manifest, saved models, and the report on all runs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "run": ["Run", "runs_dir"],
        "saved_models": ["find_model", "load_model", "read_manifest", "training_dataset"],
    },
)
