import re

import numpy as np
import pytest
from PIL import Image

from fidle_vae.cli.main import main
from fidle_vae.data.datasets import load_dataset
from fidle_vae.figures import plots
from fidle_vae.runs.run import Run


@pytest.mark.parametrize("name", ["digits", "auto"])
def test_data_prints_source_counts_and_digest_and_saves_a_picture(
    tmp_path, capsys, monkeypatch, name
):
    draw, drawn = plots.image_grid, []
    monkeypatch.setattr(
        plots, "image_grid", lambda x, **options: drawn.append(x) or draw(x, **options)
    )
    options = ["--scale", "0.01", "--seed", "7", "--run-dir", str(tmp_path)]
    assert main(["data", name, *options]) == 0
    text = capsys.readouterr().out
    data = load_dataset(name, scale=0.01, seed=7)
    np.testing.assert_array_equal(drawn[0], data.x_train[:60])
    assert f"name    {data.name}\n" in text
    assert f"source  {data.source}\n" in text
    assert "train   600 images of 28 x 28 x 1, 10 classes of" in text
    assert "test    100 images of 28 x 28 x 1, 10 classes of" in text
    assert f"digest  {data.digest}\n" in text
    picture = re.search(r"picture (.*)", text)[1]
    assert picture.startswith(str(tmp_path / f"data-{data.name}" / "figures"))
    with Image.open(picture) as image:
        assert min(image.size) > 200
        assert image.convert("L").getextrema()[0] < 50
    manifest = Run(f"data-{data.name}", root=tmp_path).manifest
    assert manifest["dataset"]["digest"] == data.digest
    assert list(manifest["figures"]) == ["01-samples.png"]


def test_data_of_an_unknown_name_suggests_the_nearest(capsys):
    assert main(["data", "minst"]) == 1
    assert "'mnist'" in capsys.readouterr().err
