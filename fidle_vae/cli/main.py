"""The command `fidle-vae`: argument parsing only, each command one call into the package."""

import argparse
import ast
import sys

from fidle_vae.common.keras_import import import_keras

ASK_FOR_A_DATASET = {"train", "explore", "morph", "evaluate", "data"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give its exit code: 0, or 1 with one sentence on what was wrong."""
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
    return 0


def _start(folder):
    from fidle_vae.course.start import start

    start(folder)


def _run(run_dir, lessons=(), parameter=()):
    from fidle_vae.course.run_lessons import run_lessons

    run_lessons(lessons, dict(parameter), run_dir)


def _report(run_dir):
    from fidle_vae.runs.report import write_report

    print(f"The report is in {write_report(run_dir)}")


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
    parser = argparse.ArgumentParser(
        prog="fidle-vae", description="Variational autoencoders, taught."
    )
    parser.add_argument("--debug", action="store_true", help="show where an error arose")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = _adder(commands, "start", _start, "put the lessons into a folder, to work through them")
    add("folder", nargs="?", default="fidle-vae", help="a new folder, or one to bring up to date")

    add = _adder(commands, "run", _run, "run lessons from end to end; leave a report on them")
    add("lessons", nargs="*", metavar="LESSON", default=argparse.SUPPRESS,
        help="such as VAE1 VAE3 (default: all)")  # fmt: skip
    add("-p", "--parameter", action="append", type=_setting, metavar="NAME=VALUE",
        default=argparse.SUPPRESS,
        help="set a parameter of the lessons that have it, such as -p epochs=2")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "report", _report, "write the report on what was run, and run nothing")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "slides", _slides, "make slides of lessons, to project offline")
    add("lessons", nargs="*", metavar="LESSON", default=argparse.SUPPRESS,
        help="such as VAE1 VAE3 (default: all)")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "grade", _grade, "execute submitted notebooks; table what is right")
    add("submissions", metavar="SUBMISSIONS_DIR", help="folder of notebooks, searched in depth")
    add("-o", "--output", default="grades.csv", help="the table; beside it, .html to read")
    add("-p", "--parameter", action="append", type=_setting, metavar="NAME=VALUE",
        default=argparse.SUPPRESS,
        help="set a parameter of the notebooks, such as -p scale=0.02 -p epochs=1")  # fmt: skip
    add("--minutes", type=_literal, default=10, help="that the cells of one may take")
    add("--memory", type=_literal, default=4, help="GB that the processes of one may hold")
    add("--jobs", type=_literal, default=1, help="how many run at once")

    add = _adder(commands, "train", _train, "train a VAE; leave pictures, model and manifest")
    add("--dataset", default="auto", help=f"auto, or one of {datasets}")
    add("--scale", type=_literal, default=0.1, help="fraction of the images, in (0, 1]")
    add("--kind", default="conv", help="network: conv, conv_bn or mlp")
    add("--latent-dim", type=_literal, default=2, help="dimensions of the latent space")
    add("--loss-weights", type=_literal, default=(1.0, 1e-3), metavar="K1,K2",
        help='weights of reconstruction and KL, such as 1,1e-3, or "elbo"')  # fmt: skip
    add("--batch-size", type=_literal, default=64, help="images in a step")
    add("--epochs", type=_literal, default=10, help="times through the images")
    add("--schedule", default="constant",
        help="learning rate: constant, or one_cycle, which needs fewer epochs")  # fmt: skip
    add("--seed", type=_literal, default=123, help="of the choice of images, weights and noise")
    add("--id", default="train", help="name of the run's folder")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "explore", _explore, "write a model's latent space as a page to explore")
    add("models", nargs="*", metavar="RUN_OR_MODEL", default=argparse.SUPPRESS,
        help='a run, a .keras file or "pretrained"; two to compare '
        "(default: the newest run)")  # fmt: skip
    add("-o", "--output", default=argparse.SUPPRESS,
        help="the page (default: explorer.html in the folder of all runs)")  # fmt: skip
    add("--dataset", default="auto", help="whose held-out images to show; auto is that of the "
        f"training; or {datasets}, none")  # fmt: skip
    add("--codes", type=_literal, default=2000, help="how many of them, at most")
    add("--precision", default="float16", help="of the weights in the page: float16 or float32")
    add("--no-show", dest="show", action="store_false", default=argparse.SUPPRESS,
        help="do not open it in the browser")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "film", _film, "write the film of a training, .mp4 or .gif")
    add("run", nargs="?", metavar="RUN", default=argparse.SUPPRESS,
        help="a run of VAE1, VAE2 or train (default: the newest one)")  # fmt: skip
    add("-o", "--output", default=argparse.SUPPRESS,
        help="an .mp4 or .gif (default: film.mp4 in the run's folder)")  # fmt: skip
    add("--seconds", type=_literal, default=argparse.SUPPRESS, help="its length (default: 12)")
    add("--fps", type=_literal, default=argparse.SUPPRESS,
        help="pictures a second (default: 25 in an .mp4, 10 in a .gif)")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "morph", _morph, "write the film of a walk from one image to another")
    for end in "ab":
        add(end, metavar=end.upper(), help="a class such as 3, for its first held-out image; "
            "a held-out image such as image=12; or a latent point such as z=0.5,-1")  # fmt: skip
    add("-o", "--output", default="morph.gif", help="the film, which ends in .gif or .mp4")
    add("--model", default=argparse.SUPPRESS,
        help='a run, a .keras file or "pretrained" (default: the newest run)')  # fmt: skip
    add("--dataset", default="auto", help="where the images are from; auto is that of the "
        f"training; or {datasets}")  # fmt: skip
    add("--path", dest="way", default="line", help="line, or circle for a great circle")
    add("--frames", type=_literal, default=40, help="how many images are decoded")
    add("--seconds", type=_literal, default=3, help="length of the way there")
    add("--size", type=_literal, default=560, help="height of the image, in pixels, at least")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "evaluate", _evaluate, "measure how good a model is, as papers do")
    add("models", nargs="*", metavar="RUN_OR_MODEL", default=argparse.SUPPRESS,
        help='a run, a .keras file or "pretrained"; of several, the mean too '
        "(default: the newest run)")  # fmt: skip
    add("--dataset", default="auto", help="whose held-out images; auto is that of the "
        f"training; or {datasets}")  # fmt: skip
    add("--samples", type=_literal, default=500, help="of z for each image")
    add("--seed", type=_literal, default=0, help="of all draws")
    add("--binarized", action="store_true", help="draw the images black and white")
    add("--json", action="store_true", help="print JSON, and nothing else")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "data", _data, "print what a dataset is, and save a picture of it")
    add("name", nargs="?", default="auto", help=f"auto, or one of {datasets}")
    add("--scale", type=_literal, default=1.0, help="fraction of the images, in (0, 1]")
    add("--seed", type=_literal, default=123, help="of the choice of images")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    _adder(commands, "info", _info, "print versions, backend, device and folders")
    return parser


def _dataset_names():
    from fidle_vae.data.registry import DATASETS  # brings NumPy, for which --help need not wait

    return ", ".join(DATASETS)


def _adder(commands, name, function, summary):
    command = commands.add_parser(
        name,
        help=summary,
        description=summary.capitalize() + ".",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    command.set_defaults(command=function)
    return command.add_argument


def _setting(text):
    """Split NAME=VALUE; the lesson's default says how to read the value."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, such as scale=0.02; got {text!r}")
    return name, value


def _literal(text):
    """Read 0.1, 20 or 1,1e-3; leave other words to the package, which says what is wrong."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
