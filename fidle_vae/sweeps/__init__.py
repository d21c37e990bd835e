"""Sweeps: many trainings over values and seeds, as one experiment that can be stopped at any time.

`grid` says what is trained and `trial` trains one of it; `local` and `ray_engine` run many; `table`
and `page` show what came of it. `sweep` does it all.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"sweep": ["sweep"]})
