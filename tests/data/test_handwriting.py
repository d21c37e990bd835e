import numpy as np
import pytest
from scipy import ndimage

from fidle_vae.data import bold_slanted, slants, thin_upright, warp
from fidle_vae.data.handwriting import rewrite


def bar(lean, width=3.0, size=28):
    """Draw a bar through the middle that goes `lean` columns to the right for each row up."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    inside = (np.abs(x + lean * y) < width / 2) & (np.abs(y) < 8)
    return inside[None, ..., None].astype(np.float32)


def widths(images):
    """Return the mean ink of the rows that have any."""
    rows = images[..., 0].sum(axis=2)
    return np.array([row[row > 0.5].mean() for row in rows])


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.3])
def test_the_slant_of_a_bar_is_measured_as_it_was_drawn(lean):
    np.testing.assert_allclose(slants(bar(lean)), lean, atol=0.05)


@pytest.mark.parametrize("lean", [-0.3, 0.0, 0.3])
def test_both_hands_write_the_same_bar_alike_however_it_leant(lean):
    thin, bold = thin_upright(bar(lean)), bold_slanted(bar(lean))
    assert slants(thin) == pytest.approx(0, abs=0.05)
    assert slants(bold) == pytest.approx(0.4, abs=0.07)
    assert thin.shape == bold.shape == (1, 28, 28, 1)
    assert thin.dtype == bold.dtype == np.float32
    for images in (thin, bold):
        assert images.min() >= 0
        assert images.max() <= 1


@pytest.mark.parametrize("given", [2.0, 3.0, 5.0])
def test_strokes_have_the_width_of_the_pen_whatever_it_was(given):
    for pen in (1.5, 3.5, 5.0):
        assert widths(rewrite(bar(0, given), slant=0, pen=pen)) == pytest.approx(pen, abs=0.6)


def test_a_digit_comes_to_the_middle():
    moved = np.roll(bar(0.2), (3, -4), axis=(1, 2))
    for images in (thin_upright(moved), bold_slanted(moved)):
        np.testing.assert_allclose(ndimage.center_of_mass(images[0, ..., 0]), 13.5, atol=0.3)


def test_each_image_is_rewritten_by_itself_in_whatever_block_it_is():
    images = np.concatenate([bar(lean) for lean in np.linspace(-0.3, 0.3, 260)])
    together = thin_upright(images)
    np.testing.assert_allclose(together[251:253], thin_upright(images[251:253]), atol=1e-5)


def test_nothing_becomes_nothing():
    empty = np.zeros((2, 28, 28, 1), np.float32)
    for write in (thin_upright, bold_slanted):
        assert not write(empty).any()
    assert slants(empty).tolist() == [0, 0]


def test_colours_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match=r"must be grey, .* got \(2, 8, 8, 3\): choose"):
        thin_upright(np.zeros((2, 8, 8, 3)))


def test_a_warp_without_amount_changes_the_pen_alone_of_two_images_in_three():
    images = np.concatenate([bar(0.1)] * 300)
    warped = warp(images, np.random.default_rng(0), amount=0)
    ink = warped.sum(axis=(1, 2, 3)) / images[0].sum()
    for part in (ink < 0.9, np.abs(ink - 1) < 1e-3, ink > 1.1):
        assert part.mean() == pytest.approx(1 / 3, abs=0.1)


def test_warps_make_the_slants_of_both_hands_overlap():
    rng = np.random.default_rng(1)
    thin, bold = (np.concatenate([bar(lean)] * 300) for lean in (0, 0.4))
    spread = [slants(warp(images, rng, amount=0.15)) for images in (thin, bold)]
    assert spread[0].std() == pytest.approx(0.15, abs=0.05)
    assert (spread[0] > spread[1]).mean() > 0.02
    assert spread[0].mean() == pytest.approx(0, abs=0.05)


def test_a_warp_is_drawn_anew_at_each_call_and_the_same_for_a_seed():
    images = np.concatenate([bar(0.2)] * 4)
    rng = np.random.default_rng(2)
    first, second = warp(images, rng), warp(images, rng)
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(first, warp(images, np.random.default_rng(2)))
    assert first.shape == images.shape
    assert first.dtype == np.float32
