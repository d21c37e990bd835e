from fidle_vae.figures import denoising
from fidle_vae.figures.style import TEXT


def test_scores_have_a_panel_for_each_measure_and_one_legend():
    levels = (0.2, 0.5, 1.0)
    measures = {
        "PSNR, dB": {"nothing": [17, 9, 6], "network": [20, 18, 16]},
        "SSIM": {"nothing": [0.6, 0.4, 0.2], "network": [0.9, 0.8, 0.6]},
    }
    fig = denoising.scores(levels, measures)
    assert [ax.get_title() for ax in fig.axes] == list(measures)
    for ax, methods in zip(fig.axes, measures.values(), strict=True):
        assert [list(line.get_ydata()) for line in ax.lines] == list(methods.values())
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0.2", "0.5", "1"]
        assert ax.get_ylim()[0] == 0
        assert ax.xaxis.label.get_size() == TEXT
        looks = {(line.get_color(), line.get_marker(), line.get_linestyle()) for line in ax.lines}
        assert len(looks) == 2
    (legend,) = fig.legends
    assert [text.get_text() for text in legend.get_texts()] == ["nothing", "network"]
