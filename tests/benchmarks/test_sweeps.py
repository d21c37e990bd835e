from benchmarks import sweep_pruning, sweep_throughput
from tests.benchmarks.test_other import rows_of


def row(trial, status, elbo, epochs):
    return {"trial": trial, "status": status, "elbo": str(elbo), "epochs": str(epochs)}


def test_pruning_is_compared_by_the_epochs_of_all_trials_and_the_best_that_finished():
    grid = [row("a", "finished", -130.5, 10), row("b", "finished", -140.0, 10)]
    optuna = [row("a", "finished", -130.5, 10), row("b", "pruned", -120.0, 2)]
    rows = rows_of(
        sweep_pruning.report(
            {"grid": {"rows": grid, "minutes": 3.0}, "optuna": {"rows": optuna, "minutes": 2.0}}
        )
    )
    assert rows["grid"] == ["2 of 2", "20", "1.00", "3.0", "-130.50", "a"]
    assert rows["optuna"] == ["1 of 2", "12", "1.67", "2.0", "-130.50", "a"]


def test_throughput_is_compared_within_a_round_and_counts_the_start():
    ways = (sweep_throughput.PLAIN, sweep_throughput.BARE, *sweep_throughput.SWEEPS)
    seconds = {way: [{"process_wall": 60.0}, {"process_wall": 30.0}] for way in ways}
    seconds["sweep --jobs 2"] = [{"process_wall": 30.0}, {"process_wall": 15.0}]
    rows = rows_of(sweep_throughput.report(seconds, {"scale": 0.1, "epochs": 5}))
    assert rows["sweep --jobs 2"][2] == "2.00 (2.00 to 2.00)"
    assert rows[sweep_throughput.BARE][1] == "12.0 (8.0 to 16.0)"
    assert list(rows)[2:] == list(ways)
    options = sweep_throughput._process(sweep_throughput.PLAIN, {}).environment
    assert set(options.values()) == {"2"}
