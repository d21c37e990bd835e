"""Films of a training, and of a walk through the latent space."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "writer": ["write_film"],
    },
)
