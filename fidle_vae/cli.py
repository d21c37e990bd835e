"""The command `fidle-vae`: argument parsing only, each command one call into the package."""

import argparse
import ast
import sys

from fidle_vae.quiet import import_keras


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give its exit code: 0, or 1 with one sentence on what was wrong."""
    options = vars(_parser().parse_args(arguments))
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


def _run(run_dir, lessons=(), parameter=()):
    from fidle_vae.notebook_runner import run_lessons

    run_lessons(lessons, dict(parameter), run_dir)


def _report(run_dir):
    from fidle_vae.report import write_report

    print(f"The report is in {write_report(run_dir)}")


def _train(**options):
    import_keras()
    from fidle_vae.training import train

    train(**options)


def _data(**options):
    from fidle_vae.overview import show_dataset

    show_dataset(**options)


def _info():
    import_keras()
    from fidle_vae.overview import show_installation

    show_installation()


def _parser():
    parser = argparse.ArgumentParser(
        prog="fidle-vae", description="Variational autoencoders, taught."
    )
    parser.add_argument("--debug", action="store_true", help="show where an error arose")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = _adder(commands, "run", _run, "run lessons from end to end; leave a report on them")
    add("lessons", nargs="*", metavar="LESSON", default=argparse.SUPPRESS,
        help="such as VAE1 VAE3 (default: all)")  # fmt: skip
    add("-p", "--parameter", action="append", type=_setting, metavar="NAME=VALUE",
        default=argparse.SUPPRESS,
        help="set a parameter of the lessons that have it, such as -p epochs=2")  # fmt: skip
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "report", _report, "write the report on what was run, and run nothing")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "train", _train, "train a VAE; leave pictures, model and manifest")
    add("--dataset", default="auto", help="auto, mnist, digits, fashion_mnist or frey_faces")
    add("--scale", type=_literal, default=0.1, help="fraction of the images, in (0, 1]")
    add("--kind", default="conv", help="network: conv, conv_bn or mlp")
    add("--latent-dim", type=_literal, default=2, help="dimensions of the latent space")
    add("--loss-weights", type=_literal, default=(1.0, 1e-3), metavar="K1,K2",
        help='weights of reconstruction and KL, such as 1,1e-3, or "elbo"')  # fmt: skip
    add("--batch-size", type=_literal, default=64, help="images in a step")
    add("--epochs", type=_literal, default=10, help="times through the images")
    add("--seed", type=_literal, default=123, help="of the choice of images, weights and noise")
    add("--id", default="train", help="name of the run's folder")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    add = _adder(commands, "data", _data, "print what a dataset is, and save a picture of it")
    add("name", nargs="?", default="auto", help="auto, mnist, digits, fashion_mnist or frey_faces")
    add("--scale", type=_literal, default=1.0, help="fraction of the images, in (0, 1]")
    add("--seed", type=_literal, default=123, help="of the choice of images")
    add("--run-dir", help="folder of all runs (default: FIDLE_VAE_RUN_DIR, or run_dir)")

    _adder(commands, "info", _info, "print versions, backend, device and folders")
    return parser


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
