"""The command `fidle-vae`: parses the arguments, then calls one function of the package."""

import argparse
import ast
import sys
import tempfile
import traceback

from fidle_vae.common.keras_import import import_keras

ASK_FOR_A_DATASET = {"train", "sweep", "explore", "morph", "evaluate", "data"}
RUN_ENDS = """\
Exit codes: 0 if all went well; 1 if a lesson failed, or an argument is wrong; 3 if all lessons ran,
and a claim that the catalogue lists does not hold, which other parameters may cause; 130 or 143
after Ctrl-C or SIGTERM."""
SWEEP_ENDS = """\
The same command goes on where a sweep was stopped, in whatever way: what is finished is not trained
again. Results: results.csv and index.html in the sweep's folder. Exit code 1 if a trial failed."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0, or print one sentence on what was wrong and return 1."""
    words = sys.argv[1:] if arguments is None else arguments
    options = vars(_parser(words).parse_args(words))
    command, debug = options.pop("command"), options.pop("debug")
    try:
        command(**options)
    except (ValueError, OSError) as error:
        if debug:
            raise
        print(f"fidle-vae: {error}", file=sys.stderr)
        return getattr(error, "exit_code", 1)
    except KeyboardInterrupt:
        print("\nfidle-vae: interrupted", file=sys.stderr)
        return 130
    except Exception as error:  # a mistake in this package, or a file that nobody expected
        if debug:
            raise
        print(f"fidle-vae: {_unexpected(error)}", file=sys.stderr)
        return 1
    return 0


def _unexpected(error):
    """Return one line on an error that no function expected, after writing down where it was."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="fidle-vae-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    words = " ".join(str(error).split())[:300]
    return (
        f"this should not have happened ({type(error).__name__}: {words}); {log.name} says where, "
        "for a report to the maintainers."
    )


def _start(folder):
    from fidle_vae.course.start import start

    start(folder)


def _run(lessons=(), parameter=(), **options):
    from fidle_vae.course.run_lessons import run_lessons

    run_lessons(lessons, dict(parameter), strict=True, **options)


def _report(run_dir):
    from fidle_vae.runs.report import write_report

    print(f"The report is in {write_report(run_dir)}")


def _verify(run_dir, runs=()):
    from fidle_vae.runs.verify import verify

    verify(runs, run_dir)


def _slides(run_dir, lessons=()):
    from fidle_vae.course.slides import write_slides

    write_slides(lessons, run_dir)


def _grade(parameter=(), **options):
    from fidle_vae.grading.grade import grade

    grade(settings=dict(parameter), **options)


def _train(**options):
    import_keras()
    from fidle_vae.training.train import train

    train(**options)


def _sweep(over, **options):
    from fidle_vae.sweeps.grid import read_over
    from fidle_vae.sweeps.sweep import sweep

    sweep(read_over(over), **options)


def _film(output=None, **options):
    from fidle_vae.films.training import write_training_film

    write_training_film(path=output, **options)


def _morph(a, b, output, **options):
    import_keras()
    from fidle_vae.films.morph import write_morph

    write_morph(a, b, output, **options)


def _explore(**options):
    import_keras()
    from fidle_vae.explorer.export import export_page

    export_page(**options)


def _evaluate(json, **options):
    import_keras()
    from fidle_vae.evaluation.evaluate import evaluate

    evaluate(as_json=json, **options)


def _data(**options):
    from fidle_vae.cli.overview import show_dataset

    show_dataset(**options)


def _info():
    import_keras()
    from fidle_vae.cli.overview import show_installation

    show_installation()


def _parser(words):
    datasets = _dataset_names() if ASK_FOR_A_DATASET & set(words) else ""
    models = 'a run, a .keras file, "pretrained" or "pretrained_digits"'
    training = _training_options(datasets)
    parser = argparse.ArgumentParser(
        prog="fidle-vae", description="Variational autoencoders, taught."
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = _adder(commands, "start", _start, "copy the lessons into a folder to work in")
    add("folder", nargs="?", default="fidle-vae", help="a new folder, or one to update")

    add = _adder(commands, "run", _run, "run lessons from end to end, and write a report", RUN_ENDS)
    add("lessons", nargs="*", metavar="LESSON", default=argparse.SUPPRESS,
        help="such as VAE1 VAE3 (default: the core, AE1 and VAE1 to VAE3)")  # fmt: skip
    add("--all", dest="everything", action="store_true", help="run all lessons, not only the core")
    add("-p", "--parameter", action="append", type=_setting, metavar="NAME=VALUE",
        default=argparse.SUPPRESS,
        help="set a parameter of the lessons that have it, such as -p epochs=2")  # fmt: skip
    add("--jobs", type=int, metavar="N", default=argparse.SUPPRESS,
        help="run N lessons at the same time, which share the cores (default: 1)")  # fmt: skip
    add("--json", action="store_true", help="print the results as JSON, and nothing else; the "
        "progress goes to standard error")  # fmt: skip
    add("--junit", metavar="FILE", default=argparse.SUPPRESS,
        help="write the results as JUnit XML, with a test for each claim")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "report", _report, "write the report on runs, without running anything")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "verify", _verify, "check that runs are finished, and their files whole")
    add("runs", nargs="*", metavar="RUN", default=argparse.SUPPRESS,
        help="such as VAE1 (default: all)")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "slides", _slides, "write slides of lessons, which work offline")
    add("lessons", nargs="*", metavar="LESSON", default=argparse.SUPPRESS,
        help="such as VAE1 VAE3 (default: all)")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "grade", _grade, "execute submitted notebooks; write their grades")
    add("submissions", metavar="SUBMISSIONS_DIR", help="folder of notebooks, with subfolders")
    add("-o", "--output", default="grades.csv", help="the table; a .html page is written beside it")
    add("-p", "--parameter", action="append", type=_setting, metavar="NAME=VALUE",
        default=argparse.SUPPRESS,
        help="set a parameter of the notebooks, such as -p scale=0.02 -p epochs=1")  # fmt: skip
    add("--minutes", type=_literal, default=10, help="minutes for the cells of a notebook")
    add("--memory", type=_literal, default=4, help="GB for a notebook and its files")
    add("--jobs", type=_literal, default=1, help="number of notebooks to execute at once")
    add("--json", action="store_true", help="print the outcomes as JSON, and nothing else; the "
        "progress goes to standard error")  # fmt: skip
    add("--junit", metavar="FILE", default=argparse.SUPPRESS,
        help="write the outcomes as JUnit XML, with a test for each exercise")  # fmt: skip
    add("--unsafe", action="store_true", help="where bubblewrap does not work, run submissions "
        "without it: they can do whatever you can")  # fmt: skip
    add("--allow-root", action="store_true", help="run submissions although you are root")

    add = _adder(commands, "train", _train, "train a VAE, and save pictures, model and manifest")
    for option, how in training.items():
        add(option, **how)
    add("--seed", type=_literal, default=123, help="seed of images, weights and noise")
    add("--id", default="train", help="name of the run's folder")
    add("--resume", metavar="RUN", default=argparse.SUPPRESS,
        help="go on with an interrupted run, with its parameters")  # fmt: skip
    add("--checkpoint-every", type=_literal, metavar="N", default=argparse.SUPPRESS,
        help="save all N steps, to resume from there (default: after each epoch)")  # fmt: skip
    add("--devices", type=_literal, metavar="N", default=argparse.SUPPRESS,
        help="number of GPUs that share each batch, or auto for all (default: one)")  # fmt: skip
    add("--tracker", metavar="NAME", default=argparse.SUPPRESS,
        help="log each epoch in tensorboard, trackio, wandb or mlflow")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "sweep", _sweep, "train many VAEs, over values and seeds", SWEEP_ENDS)
    add("--over", action="append", required=True, metavar="NAME=VALUE,VALUE",
        default=argparse.SUPPRESS,
        help="what to vary: dataset, scale, kind, latent_dim, loss_weights, batch_size, epochs, "
        "schedule, or k2, the weight of the KL; several --over make all combinations")  # fmt: skip
    add("--seeds", type=_literal, metavar="N", default=argparse.SUPPRESS,
        help="how many, or which: 3, or 1,2,5 (default: one, 123)")  # fmt: skip
    add("--jobs", type=_literal, metavar="N", default=argparse.SUPPRESS,
        help="run N trials at a time, each in one thread (default: one on each core)")  # fmt: skip
    add("--search", default="grid",
        help="grid, or optuna, which gives up on hopeless trials early")  # fmt: skip
    add("--engine", default="local", help="local, or ray, which also works on a cluster")
    add("--address", default=argparse.SUPPRESS, help="of a Ray cluster, such as auto; its nodes "
        "share the folder of all runs (default: this machine)")  # fmt: skip
    add("--retries", type=_literal, default=1, help="how often to try a failed trial again")
    add("--tracker", metavar="NAME", default=argparse.SUPPRESS,
        help="log each epoch in tensorboard, trackio, wandb or mlflow")  # fmt: skip
    add("--name", default="sweep", help="name of the folder with all trials and results")
    for option, how in training.items():  # one that is swept must not be given
        add(option, **how | {"default": argparse.SUPPRESS})
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "explore", _explore, "write a page to explore a model's latent space")
    add("models", nargs="*", metavar="RUN_OR_MODEL", default=argparse.SUPPRESS,
        help=f"{models}; two to compare (default: the newest run)")  # fmt: skip
    add("-o", "--output", default=argparse.SUPPRESS,
        help="the page (default: explorer.html in the folder of all runs)")  # fmt: skip
    add("--dataset", default="auto", help="dataset of the held-out images to show: auto (that of "
        f"the training), {datasets}, folder:PATH, or none")  # fmt: skip
    add("--codes", type=_literal, default=2000, help="maximum number of images to show")
    add("--precision", default="float16", help="of the weights in the page: float16 or float32")
    add("--no-show", dest="show", action="store_false", default=argparse.SUPPRESS,
        help="do not open it in the browser")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "film", _film, "write the film of a training, .mp4 or .gif")
    add("run", nargs="?", metavar="RUN", default=argparse.SUPPRESS,
        help="a run of VAE1, VAE2 or train (default: the newest one)")  # fmt: skip
    add("-o", "--output", default=argparse.SUPPRESS,
        help="an .mp4 or .gif (default: film.mp4 in the run's folder)")  # fmt: skip
    add("--seconds", type=_literal, default=argparse.SUPPRESS,
        help="length of the film (default: 12)")  # fmt: skip
    add("--fps", type=_literal, default=argparse.SUPPRESS,
        help="frames per second (default: 25 in an .mp4, 10 in a .gif)")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "morph", _morph, "write the film of a walk from one image to another")
    for end in "ab":
        add(end, metavar=end.upper(), help="a class such as 3, for its image that the model keeps "
            "best; a held-out image such as image=12; or a point such as z=0.5,-1")  # fmt: skip
    add("-o", "--output", default="morph.gif", help="the film, ending in .gif or .mp4")
    add("--model", default=argparse.SUPPRESS, help=f"{models} (default: the newest run)")
    add("--dataset", default="auto", help="dataset of the images: auto (that of the training), "
        f"one of {datasets}, or folder:PATH")  # fmt: skip
    add("--path", dest="way", default="line", help="path: line, or circle for a great circle")
    add("--frames", type=_literal, default=40, help="number of decoded images")
    add("--seconds", type=_literal, default=3, help="seconds of the walk from A to B")
    add("--size", type=_literal, default=560, help="minimum height of the image, in pixels")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "evaluate", _evaluate, "measure how good a model is, as papers do")
    add("models", nargs="*", metavar="RUN_OR_MODEL", default=argparse.SUPPRESS,
        help=f"{models}; for several, the mean is added (default: the newest run)")  # fmt: skip
    add("--dataset", default="auto", help="dataset of the held-out images: auto (that of the "
        f"training), one of {datasets}, or folder:PATH")  # fmt: skip
    add("--samples", type=_literal, default=500, help="draws of z for each image")
    add("--seed", type=_literal, default=0, help="seed of all draws")
    add("--binarized", action="store_true", help="draw the images black and white")
    add("--json", action="store_true", help="print JSON, and nothing else")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "data", _data, "describe a dataset, and save a picture of it")
    add("name", nargs="?", default="auto", help=f"auto, one of {datasets}, or folder:PATH")
    add("--scale", type=_literal, default=1.0, help="fraction of the images, in (0, 1]")
    add("--seed", type=_literal, default=123, help="seed of the choice of images")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    _adder(commands, "info", _info, "print versions, backend, device and folders")
    return parser


def _training_options(datasets):
    """Return the options that describe a training, for `add`."""
    return {
        "--dataset": {
            "default": "auto",
            "help": f"auto, one of {datasets}, or folder:PATH for your own pictures, also with "
            ",size=64x64 ,channels=1 or ,attribute=NAME behind it",
        },
        "--scale": {
            "type": _literal,
            "default": argparse.SUPPRESS,
            "help": "fraction of the images, in (0, 1] (default: 0.1, or 1 for a folder)",
        },
        "--kind": {
            "default": argparse.SUPPRESS,
            "help": "network: conv, conv_bn, deep, strided or mlp (default: conv, or deep for a "
            "folder)",
        },
        "--latent-dim": {
            "type": _literal,
            "default": 2,
            "help": "dimensions of the latent space",
        },
        "--loss-weights": {
            "type": _literal,
            "default": argparse.SUPPRESS,
            "metavar": "K1,K2",
            "help": 'weights of reconstruction and KL, or "elbo" (default: 1,1e-3, or elbo for a '
            "folder)",
        },
        "--batch-size": {"type": _literal, "default": 64, "help": "images per step"},
        "--epochs": {"type": _literal, "default": 10, "help": "passes over the images"},
        "--schedule": {
            "default": "constant",
            "help": "learning rate: constant, or one_cycle, which needs fewer epochs",
        },
    }


def _dataset_names():
    from fidle_vae.data.dataset_sources import DATASETS  # imports NumPy, which --help does not need

    return ", ".join(DATASETS)


def _adder(commands, name, function, summary, epilog=None):
    command = commands.add_parser(
        name,
        help=summary,
        description=summary.capitalize() + ".",
        epilog=epilog,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    command.set_defaults(command=function)
    return command.add_argument


def _setting(text):
    """Split NAME=VALUE; the lesson's default decides the type of the value."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, such as scale=0.02; got {text!r}")
    return name, value


def _literal(text):
    """Parse 0.1, 20 or 1,1e-3; leave other text to the package, which checks it."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
