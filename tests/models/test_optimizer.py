from fidle_vae.models.optimizer import build_optimizer
from fidle_vae.models.unchecked import UncheckedVAE


def test_tensorflow_traces_the_step_once(images, make_vae):
    vae, steps = make_vae(), []
    step = vae.train_step
    vae.train_step = lambda *data: steps.append(1) or step(*data)
    vae.fit(images, epochs=2, batch_size=35, verbose=0)
    assert len(steps) == 1


def test_tensorflow_traces_the_step_of_a_program_once(images, make_vae):
    vae, traced = make_vae(), []
    program = UncheckedVAE(vae.encoder, vae.decoder, seed=5)
    loss = program.compute_loss
    program.compute_loss = lambda *args, **kwargs: traced.append(1) or loss(*args, **kwargs)
    program.compile("adam")
    program.fit(images, batch_size=35, epochs=2, verbose=0)
    assert len(traced) == 1


def test_what_an_optimizer_has_kept_stays(images, make_vae):
    vae = make_vae()
    vae.fit(images, verbose=0)
    build_optimizer(vae)
    assert vae.optimizer.iterations == 3
