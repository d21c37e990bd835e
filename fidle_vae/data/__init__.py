"""The images that the lessons learn from."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bursts": ["near_twins"],
        "drawn_pictures": ["draw_pictures", "drawn_folder"],
        "hues": ["color_vectors", "colored_part", "hue_distance", "hue_of"],
        "datasets": ["Dataset", "load_dataset", "load_images", "load_mnist"],
        "disk_images": ["DiskImages"],
        "dataset_sources": ["DATASETS", "DatasetEntry"],
        "binarization": ["BinarizedImages", "binarize"],
        "faces": ["Faces", "load_faces", "smile_of"],
        "noise": ["NoisyImages", "add_noise"],
        "coloring": ["color_wheel", "nearest_color", "paint", "paint_of", "saturation"],
        "gaussian_blobs": ["GaussianBlobs", "ring"],
        "transactions": ["as_features", "draw_transactions"],
        "outlines": ["draw_outlines"],
        "handwriting": ["bold_slanted", "slants", "thin_upright", "warp"],
        "image_size": ["halved"],
        "strokes": ["stroke_widths"],
        "next_frames": ["NextFrames", "next_frames"],
    },
)
