import numpy as np

from fidle_vae.evaluation import file_sizes


def test_noise_takes_a_bit_a_pixel_and_a_little_more():
    x = (np.random.default_rng(0).random((100, 28, 28, 1)) < 0.5).astype("float32")
    sizes = file_sizes(x)
    assert sizes.pop("one bit a pixel") == 784
    apart = sizes.pop("PNG, one a file")
    assert all(784 < size < 830 for size in sizes.values()), sizes
    assert apart > 784 + 8 * 57  # bytes of a PNG file's signature and headers


def test_equal_images_take_hardly_a_bit():
    image = np.random.default_rng(0).random((1, 28, 28, 1)) < 0.5
    sizes = file_sizes(np.repeat(image, 1000, axis=0))
    assert sizes["gzip"] < 16
    assert sizes["PNG, all in one"] < 16
    assert sizes["PNG, one a file"] > 784
