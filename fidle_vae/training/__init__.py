"""Training: callbacks, learning-rate schedules, and the record for a film."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "best_model": ["BestModelCallback"],
        "epoch_images": ["ImagesCallback", "read_epochs"],
        "epoch_lines": ["EpochLines"],
        "fade_in": ["FadeInCallback"],
        "fit_run": ["fit_run"],
        "kl_warmup": ["BetaWarmup"],
        "looks": ["Looks"],
        "record": ["TrainingRecord"],
        "schedules": ["one_cycle"],
    },
)
