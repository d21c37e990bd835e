import importlib
import json
import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from benchmarks import time_to_elbo, train_speed
from benchmarks.contenders import course_2023, keras_io, ours
from benchmarks.contenders.recipes import RECIPES
from benchmarks.measure import machine
from benchmarks.measure.alternation import Contender, alternate, ratios, run, spread, table
from benchmarks.measure.flops import training_flops
from benchmarks.measure.held_out import HeldOutElbo
from fidle_vae.models.vae import VAE, Outputs

K1, K2 = 1.0, 1e-3


@pytest.fixture
def digits():
    """Return 64 random images without any symmetry."""
    return np.random.default_rng(1).random((64, 28, 28, 1), dtype="float32")


@pytest.fixture
def eps():
    return np.random.default_rng(2).normal(size=(64, 2)).astype("float32")


def our_loss(encoder, decoder, x, eps, loss_weights):
    """Return the loss of our VAE for this noise."""
    vae = VAE(encoder, decoder, loss_weights=loss_weights)
    z_mean, z_log_var = encoder(x)
    x_hat = decoder(z_mean + keras.ops.exp(z_log_var / 2) * eps)
    return float(vae.compute_loss(x=x, y_pred=Outputs(x_hat, z_mean, z_log_var)))


# The machine


def test_a_rate_is_operations_by_the_time_of_the_fastest_product(monkeypatch):
    ends = iter([0, 1, 10, 14, 20, 22, 30, 33])  # the first, of 1 s, is the warm-up
    monkeypatch.setattr(machine, "time", SimpleNamespace(perf_counter=lambda: next(ends)))
    assert machine.matmul_rate("numpy", size=100, repeats=3) == pytest.approx(2 * 100**3 / 2 / 1e9)


def test_each_library_multiplies_the_same_matrix():
    ours = machine._matrix("numpy", 8)
    for library in ("tensorflow", "torch", "jax"):
        theirs = machine._matrix(library, 8)
        np.testing.assert_allclose(np.asarray(theirs @ theirs), ours @ ours, rtol=1e-5, atol=1e-5)
        assert type(theirs).__module__.startswith(library) or library in str(type(theirs))


def test_an_unknown_library_is_named():
    with pytest.raises(ValueError, match=r"library must be .* got 'fortran': name one"):
        machine.matmul_rate("fortran")


def test_a_stopwatch_separates_computing_from_waiting():
    with machine.Stopwatch() as watch:
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        time.sleep(0.2)
    assert watch.cpu >= 0.05
    assert watch.wall >= 0.25 > watch.cpu
    assert watch.stolen is None or 0 <= watch.stolen <= 1


def test_the_machine_is_described_with_the_versions_of_what_is_used():
    text = machine.describe_machine("keras", "no-such-package")
    assert f"keras {keras.__version__}" in text
    assert "no-such-package not installed" in text
    assert machine.processor() in text


# Contenders in turn


def test_contenders_take_turns_each_in_its_own_process(tmp_path):
    log = tmp_path / "log"
    program = (
        "import json, os, sys; open(sys.argv[1], 'a').write(os.environ['NAME'])\n"
        "print('a line that is no figure'); print(json.dumps({'pid': os.getpid()}))"
    )
    contenders = {name: Contender(["-c", program, log], {"NAME": name}) for name in "ab"}
    results = alternate(contenders, rounds=3)
    assert log.read_text() == "ababab"
    pids = [figures["pid"] for runs in results.values() for figures in runs]
    assert len(set(pids)) == 6


def test_a_process_that_prints_nothing_has_its_time_and_memory():
    figures = run(Contender(["-c", "import time; x = bytearray(3 * 10**8); time.sleep(0.1)"]))
    assert set(figures) == {"process_wall", "process_cpu", "process_peak"}
    assert figures["process_wall"] >= 0.1
    assert figures["process_peak"] >= 3e8


@pytest.mark.parametrize("last", ["", "not JSON", "3", "[1]"])
def test_a_last_line_without_values_is_no_error(last):
    assert len(run(Contender(["-c", f"print({last!r})"]))) == 3


def test_a_process_that_fails_is_named():
    with pytest.raises(RuntimeError, match=r"sys.exit\(3\) ended with 3"):
        run(Contender(["-c", "import sys; sys.exit(3)"]))


def test_ratios_are_taken_within_a_round():
    assert ratios([2, 6, 12], [1, 3, 4]) == [2, 2, 3]
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


def test_a_spread_shows_the_middle_and_both_ends():
    assert spread([3.0, 1.0, 20.0]) == "3.00 (1.00 to 20.00)"
    assert spread((1000.0 * i for i in (1, 2)), ",.0f") == "1,500 (1,000 to 2,000)"


def test_a_table_is_markdown():
    assert table(["a", "b"], [["x", 1]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


# The peers


@pytest.mark.parametrize("peer", [keras_io, course_2023])
def test_a_peer_in_keras_has_our_weights_and_begins_as_keras_does(peer):
    model = peer.new_model()
    shapes = [w.shape for network in ours.networks() for w in network.trainable_weights]
    assert [w.shape for w in model.trainable_weights] == shapes
    assert np.all(keras.ops.convert_to_numpy(model.encoder.get_layer("z_log_var").bias) == 0)


def test_the_course_of_2023_has_our_loss(digits, eps):
    model = course_2023.new_model()
    loss, r_loss, kl_loss = model.terms(digits, eps)
    ours = our_loss(model.encoder, model.decoder, digits, eps, (K1, K2))
    assert float(loss) == pytest.approx(ours, rel=1e-5)
    assert float(loss) == pytest.approx(K1 * float(r_loss) + K2 * float(kl_loss), rel=1e-6)
    assert float(kl_loss) > 0


def test_keras_io_has_the_negative_elbo(digits, eps):
    model = keras_io.new_model()
    loss, _, kl_loss = model.terms(digits, eps)
    ours = our_loss(model.encoder, model.decoder, digits, eps, (784.0, 1.0))
    assert float(loss) == pytest.approx(ours, rel=1e-5)
    assert float(kl_loss) > 0


def test_pytorch_has_our_weights_and_on_mirrored_images_our_loss(digits, eps):
    import torch

    from benchmarks.contenders import pytorch

    encoder, decoder = ours.networks()
    model = pytorch.new_model()
    assert sum(p.numel() for p in model.parameters()) == (
        encoder.count_params() + decoder.count_params()
    )
    copy_mirrored(encoder, [*model.features, model.z_mean, model.z_log_var])
    copy_mirrored(decoder, model.decoder)
    mirrored = torch.tensor(digits[:, ::-1, ::-1].copy()).permute(0, 3, 1, 2)
    theirs = model(mirrored, torch.tensor(eps)).item()
    assert theirs == pytest.approx(our_loss(encoder, decoder, digits, eps, (K1, K2)), rel=1e-5)


def copy_mirrored(network, modules):
    """Copy Keras weights to PyTorch's layers, mirroring the axes that are rows and columns."""
    import torch

    targets = [module for module in modules if hasattr(module, "weight")]
    sources = [layer for layer in network.layers if layer.weights]
    for source, target in zip(sources, targets, strict=True):
        kernel, bias = map(np.array, source.weights)
        if kernel.ndim == 4:  # (height, width, in, out), and (height, width, out, in) transposed
            kernel = kernel[::-1, ::-1].transpose(3, 2, 0, 1)
        elif len(kernel) == 7 * 7 * 64:  # flattened: channels last in Keras, first in PyTorch
            kernel = kernel.reshape(7, 7, 64, -1)[::-1, ::-1].transpose(3, 2, 0, 1)
            kernel = kernel.reshape(len(kernel), -1)
        elif len(bias) == 7 * 7 * 64:  # the same for the outputs
            kernel = kernel.reshape(-1, 7, 7, 64)[:, ::-1, ::-1].transpose(3, 1, 2, 0)
            kernel, bias = kernel.reshape(7 * 7 * 64, -1), bias.reshape(7, 7, 64)
            bias = bias[::-1, ::-1].transpose(2, 0, 1).ravel()
        else:
            kernel = kernel.T
        with torch.no_grad():
            target.weight.copy_(torch.tensor(kernel.copy()))
            target.bias.copy_(torch.tensor(bias.copy()))


@pytest.mark.parametrize("name", train_speed.CONTENDERS)
def test_every_contender_learns(name, digits, eps):
    keras.utils.set_random_seed(1)
    module, library, options = train_speed.CONTENDERS[name]
    contender = importlib.import_module(module)
    model, images = contender.new_model(**options), digits**4  # mostly dark

    def loss():
        if library == "torch":
            import torch

            return model(torch.tensor(images).permute(0, 3, 1, 2), torch.tensor(eps)).item()
        return our_loss(model.encoder, model.decoder, images, eps, (K1, K2))

    before = loss()
    contender.train(model, images, batch_size=16, epochs=4)
    assert loss() < 0.97 * before


# The speed of training


def test_operations_are_those_that_pytorch_counts(digits, eps):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from benchmarks.contenders import pytorch

    model = pytorch.new_model()
    with FlopCounterMode(display=False) as counter:
        model(torch.tensor(digits).permute(0, 3, 1, 2), torch.tensor(eps)).backward()
    counted = counter.get_total_flops() / len(digits)
    # PyTorch skips the gradient with respect to the images
    unneeded = 2 * (28 * 28 * 9 * 32)
    assert training_flops(*ours.networks()) == pytest.approx(counted + unneeded, rel=1e-3)


def test_contenders_take_turns_after_their_warm_up(monkeypatch, digits):
    log = []

    class Mnist:
        x_train = np.repeat(digits, 40, axis=0)

    def module(name):
        return SimpleNamespace(
            new_model=lambda **options: SimpleNamespace(encoder=name, decoder=options),
            train=lambda model, x, batch_size, epochs: log.append((name, len(x), batch_size)),
        )

    monkeypatch.setattr(train_speed, "load_mnist", Mnist)
    monkeypatch.setattr(train_speed, "import_module", module)
    monkeypatch.setattr(train_speed, "matmul_rate", lambda library: library)
    monkeypatch.setattr(train_speed, "report", lambda results, *_: results)
    results = train_speed.main(["--steps", "3", "--turns", "2"])
    names = [how[0] for how in train_speed.CONTENDERS.values()]
    warm = [(name, 30 * 64, 64) for name in names for _ in range(2)]
    assert log == warm + [(name, 3 * 64, 64) for name in names] * 2
    assert {name: [turn["gflops"] for turn in turns] for name, turns in results.items()} == {
        name: [how[1]] * 2 for name, how in train_speed.CONTENDERS.items()
    }


def test_the_time_of_a_turn_is_that_of_its_training(monkeypatch):
    seconds = iter([10.0, 14.0])
    clocks = SimpleNamespace(perf_counter=lambda: next(seconds), process_time=lambda: 0.0)
    monkeypatch.setattr(machine, "time", clocks)
    monkeypatch.setattr(train_speed, "matmul_rate", lambda library: 5.0)
    contender = train_speed.Contender(SimpleNamespace(train=lambda *_, epochs: None), None, "x")
    assert train_speed.measure(contender, []) == {"wall": 4.0, "cpu": 0.0, "gflops": 5.0}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((0, 1), "--steps must be from 1 to 937; got 0"),
        ((938, 1), "--steps must be from 1 to 937; got 938"),
        ((1, 0), "--turns must be 1 or more; got 0"),
    ],
)
def test_impossible_turns_are_refused(options, words):
    with pytest.raises(SystemExit, match=words):
        train_speed.require_options(*options)


def test_the_table_compares_times_within_a_turn():
    runs = {"VAE.fit": (1.0, 4.0), "PyTorch": (2.0, 4.0)}  # seconds for 100 steps of 64 images
    results = {
        name: [{"wall": wall, "cpu": 3.2 * wall, "gflops": 100.0} for wall in walls]
        for name, walls in runs.items()
    }
    flops = training_flops(*ours.networks())
    lines = train_speed.report(results, 100, ours.networks()).splitlines()
    mine, peer = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[-2:])
    assert mine[:5] == ["VAE.fit", "4,000 (1,600 to 6,400)", "1.25 (0.50 to 2.00)", "", ""]
    assert peer[3:5] == ["1.50 (1.00 to 2.00)"] * 2
    shares = [images * flops / 1e11 for images in (4000, 1600, 6400)]
    assert mine[5:] == ["100 (100 to 100)", "{:.2f} ({:.2f} to {:.2f})".format(*shares)]


# The time to an ELBO


def test_the_recipe_of_one_cycle_fits_its_epochs_and_its_batches():
    vae, batch_size = RECIPES["one cycle"](images=640, epochs=10)
    rates = []
    for step in range(201):
        vae.optimizer.iterations.assign(step)
        rates.append(float(vae.optimizer.learning_rate))
    assert (type(vae), batch_size) == (VAE, 32)
    assert rates.index(max(rates)) == 20
    assert rates[200] < 1e-9 < rates[199]


def test_held_out_elbo_is_measured_after_each_epoch_and_its_time_is_not_counted(
    images, make_vae, monkeypatch
):
    vae = make_vae(seed=3)
    held_out = HeldOutElbo(images[:30], seed=5)
    seconds, looks = iter(range(100)), iter(range(0, 1000, 10))
    clocks = SimpleNamespace(
        perf_counter=lambda: next(seconds), process_time=lambda: next(looks) / 4
    )
    monkeypatch.setattr(machine, "time", clocks)
    vae.fit(images, epochs=3, batch_size=35, verbose=0, callbacks=[held_out])
    figures = held_out.figures
    assert figures["wall"] == [1, 2, 3]  # each clock is read twice per epoch
    assert figures["cpu"] == [2.5, 5.0, 7.5]
    assert len(figures["elbo"]) == 3

    twin = VAE(vae.encoder, vae.decoder, loss_weights="elbo", seed=6)
    twin.compile()
    loss, *_ = twin.evaluate(np.repeat(images[:30], 50, axis=0), verbose=0)
    assert figures["elbo"][-1] == pytest.approx(-64 * loss, abs=0.5)  # noise of one draw


def test_the_table_shows_when_the_target_was_reached():
    results = {
        time_to_elbo.PEER: {"elbo": [-9.0, -4.0, -5.0], "wall": [10, 20, 30], "cpu": [12, 24, 36]},
        "quick": {"elbo": [-6.0, -5.0, -2.0], "wall": [5, 10, 15], "cpu": [6, 12, 18]},
        "short": {"elbo": [-8.0], "wall": [5], "cpu": [6]},
    }
    lines = time_to_elbo.report(results, scale=0.5).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[-3:]]
    assert cells[0][1:] == ["-5.0", "+0.0", "3", "30", "36", "1.00", "1.00"]
    assert cells[1][1:] == ["-2.0", "+3.0", "2", "10", "12", "3.00", "3.00"]
    assert cells[2][1:4] == ["-8.0", "+1.0", "not reached"]
    assert "on 30,000 images of MNIST" in lines[2]
    assert "at its end, is -5.0 nats" in lines[2]


@pytest.mark.parametrize(("options", "count"), [([], 2), (["--long"], 3)])
def test_the_long_run_is_trained_only_with_its_option(options, count, monkeypatch):
    trained = []
    figures = {"elbo": [-5.0] * 10, "wall": [1.0] * 10, "cpu": [1.0] * 10}
    monkeypatch.setattr(
        time_to_elbo, "run", lambda contender: trained.append(contender.arguments[3]) or figures
    )
    assert "one cycle, 4 epochs" in time_to_elbo.main(options)
    assert trained == list(time_to_elbo.RUNS)[:count]


def test_a_run_of_time_to_elbo_prints_its_values(monkeypatch, capsys):
    monkeypatch.setattr(time_to_elbo, "train", lambda recipe, epochs, scale: {"of": recipe})
    time_to_elbo.main(["--run", time_to_elbo.PEER])
    assert json.loads(capsys.readouterr().out) == {"of": "course 2023"}
