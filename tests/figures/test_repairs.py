from fidle_vae.figures.repairs import repairs


def test_each_program_has_its_row_with_what_it_prints_and_what_it_gains():
    figure = repairs({"one axis": (7.4, -206.9, -127.4), "three calls": (127.5, -127.9, -127.4)})
    ax = figure.axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one axis", "three calls"]
    said = [text.get_text() for text in ax.texts]
    assert "prints 7.4" in said
    assert "+79.5" in said
    assert "+0.5" in said
    places = [point.get_offsets()[0].tolist() for point in ax.collections]
    assert [-206.9, 0.0] in places
    assert [-127.4, 0.0] in places
    figure.canvas.draw()
