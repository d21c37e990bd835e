import pytest

from fidle_vae.figures.generators import epoch_curves, measure_bars

MEASURED = {
    "held-out": {"sharpness": 1.0, "distance": 3.2},
    "GAN": {"sharpness": 0.94, "distance": 29.6},
}


def test_all_curves_are_marked_where_one_of_them_is_least():
    fig = epoch_curves({"loss": [3, 1, 2], "distance": [9, 8, 4]}, "loss")
    loss, distance = fig.axes
    assert [ax.get_title() for ax in (loss, distance)] == ["loss", "distance"]
    curve, mark, line = distance.lines
    assert (list(curve.get_xdata()), list(curve.get_ydata())) == ([1, 2, 3], [9, 8, 4])
    assert (list(mark.get_xdata()), list(mark.get_ydata())) == ([2], [8])
    assert list(line.get_xdata()) == [2, 2]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["where the loss is least"]


@pytest.mark.parametrize("curves", [{"a": [1, 2]}, {"loss": [1, 2], "a": [1]}, {}])
def test_curves_of_other_epochs_are_refused(curves):
    with pytest.raises(ValueError, match="a value for each epoch, and one of them be named 'loss'"):
        epoch_curves(curves, "loss")


def test_each_measure_has_bars_as_long_as_its_values_and_the_line_of_the_reference():
    sharp, far = measure_bars(MEASURED, "held-out").axes
    assert [ax.get_title() for ax in (sharp, far)] == ["sharpness", "distance"]
    assert [bar.get_width() for bar in sharp.patches] == [1.0, 0.94]
    assert [text.get_text() for text in sharp.texts] == ["1.00", "0.94"]
    assert [text.get_text() for text in far.texts] == ["3", "30"]
    assert [text.get_text() for text in sharp.get_yticklabels()] == ["held-out", "GAN"]
    assert list(far.lines[0].get_xdata()) == [3.2, 3.2]


def test_places_without_a_measure_are_empty():
    five = {"GAN": dict.fromkeys("abcde", 1.0)}
    axes = measure_bars(five).axes
    assert [ax.axison for ax in axes] == [True] * 5 + [False]
    assert not axes[0].lines


@pytest.mark.parametrize(
    ("measured", "reference", "words"),
    [
        ({}, "", "measured must have the same measures for each source"),
        ({"a": {"x": 1}, "b": {"y": 1}}, "", "measured must have the same measures"),
        (MEASURED, "VAE", "reference must be one of the sources, held-out, GAN; got 'VAE'"),
    ],
)
def test_sources_that_do_not_fit_are_refused(measured, reference, words):
    with pytest.raises(ValueError, match=words):
        measure_bars(measured, reference)
