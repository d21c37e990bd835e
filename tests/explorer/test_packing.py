import struct

import numpy as np
import pytest

from fidle_vae.explorer.spec.packing import Packer
from tests.helpers.javascript import EXPLORER, node, run_decoders

rng = np.random.default_rng(0)


def test_arrays_follow_each_other_each_at_a_multiple_of_four_bytes():
    packer = Packer()
    references = [
        packer.add([1, 2, 3], "uint8"),
        packer.add([[-1, 70_000]], "int32"),
        packer.add([0.5, -2, 1], "float16"),
        packer.add(1.25, "float32"),
    ]
    assert references == [
        {"dtype": "uint8", "shape": [3], "offset": 0},
        {"dtype": "int32", "shape": [1, 2], "offset": 4},
        {"dtype": "float16", "shape": [3], "offset": 12},
        {"dtype": "float32", "shape": [], "offset": 20},
    ]
    assert packer.data == struct.pack("<3Bx2i3e2xf", 1, 2, 3, -1, 70_000, 0.5, -2, 1, 1.25)


def test_an_empty_packer_has_no_bytes():
    assert Packer().data == b""


def test_arrays_of_another_byte_order_or_memory_order_are_packed_alike():
    plain, other = Packer(), Packer()
    array = rng.normal(size=(3, 4)).astype("float32")
    plain.add(array, "float32")
    other.add(np.asfortranarray(array).astype(">f4"), "float32")
    assert plain.data == other.data


@pytest.mark.parametrize(
    ("array", "dtype", "message"),
    [
        ([1, -65_505.0], "float16", r"array holds 65505, beyond 65504, .* float16: take 'float32'"),
        ([1e39], "float32", r"array holds 1e\+39, beyond 3.40282e\+38, .* float32: scale the"),
        ([0, 256], "uint8", r"integers from 0 to 255 to be packed as uint8; .* from 0 to 256"),
        ([-1], "uint8", r"integers from 0 to 255 to be packed as uint8; .* from -1 to -1"),
        ([0.5], "uint8", r"integers from 0 to 255 .* from 0.5 to 0.5: take 'float32'"),
        ([np.nan], "int32", r"integers from -2147483648 to 2147483647 .* take 'float32'"),
        ([2**31], "int32", r"to be packed as int32; .* from 2147483648"),
        ([1], "float64", r"dtype must be one of float16, float32, uint8, int32; got 'float64'"),
    ],
)
def test_numbers_that_would_change_raise_and_are_not_packed(array, dtype, message):
    packer = Packer()
    with pytest.raises(ValueError, match=message):
        packer.add(array, dtype)
    assert packer.data == b""


def test_largest_numbers_that_fit_are_packed():
    packer = Packer()
    packer.add([65_504.0, -np.inf], "float16")
    packer.add([255.0], "uint8")
    assert packer.data == struct.pack("<2eB3x", 65_504, -np.inf, 255)


def test_javascript_reads_every_array_as_it_was_packed(tmp_path):
    halves = np.arange(2**16, dtype="uint16").view("float16")  # all values, including NaN and -0
    arrays = [
        (rng.integers(0, 256, (3, 5)), "uint8", "Uint8Array"),
        (halves, "float16", "Float32Array"),
        (rng.integers(-(2**31), 2**31, 7), "int32", "Int32Array"),
        (rng.normal(size=(2, 3, 2)), "float32", "Float32Array"),
        (np.zeros((0, 2)), "float32", "Float32Array"),
    ]
    packer = Packer()
    references = [packer.add(array, dtype) for array, dtype, _ in arrays]
    answer = run_decoders(tmp_path, packer.data, arrays=references)
    for (array, dtype, kind), read in zip(arrays, answer["arrays"], strict=True):
        assert read["type"] == kind
        values = [float(value.replace("Infinity", "inf")) for value in read["values"]]
        np.testing.assert_array_equal(values, array.ravel().astype(dtype).astype("float64"))


def test_javascript_reads_a_buffer_as_well_as_a_view_of_one_from_any_byte(tmp_path):
    program = tmp_path / "views.mjs"
    program.write_text(f"""
        import {{ arrayReader }} from "{(EXPLORER / "arrays.js").as_uri()}";
        const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 128, 63, 5); // at 4, the float 1
        const views = [bytes.buffer, bytes, new DataView(bytes.buffer)];
        const late = Uint8Array.of(9, 9, 9, ...bytes).buffer;
        views.push(new Uint8Array(late, 3), new DataView(late, 3));
        for (const view of views) {{
          console.log(arrayReader(view)({{ dtype: "float32", shape: [1], offset: 4 }})[0]);
        }}
    """)
    assert node(program).split() == ["1"] * 5


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"dtype": "float32", "shape": [3], "offset": 4}, "ends at byte 16 of data with 9 bytes"),
        ({"dtype": "float64", "shape": [1], "offset": 0}, "of type float64 cannot be read"),
    ],
)
def test_javascript_raises_for_arrays_that_it_cannot_read(tmp_path, reference, message):
    with pytest.raises(AssertionError, match=message):
        run_decoders(tmp_path, bytes(9), arrays=[reference])
