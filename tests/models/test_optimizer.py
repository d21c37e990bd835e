from fidle_vae.models.optimizer import build_optimizer


def test_tensorflow_traces_the_step_once(images, make_vae):
    vae, steps = make_vae(), []
    step = vae.train_step
    vae.train_step = lambda *data: steps.append(1) or step(*data)
    vae.fit(images, epochs=2, batch_size=35, verbose=0)
    assert len(steps) == 1


def test_what_an_optimizer_has_kept_stays(images, make_vae):
    vae = make_vae()
    vae.fit(images, verbose=0)
    build_optimizer(vae)
    assert vae.optimizer.iterations == 3
