"""Measures of how good a model of images is, as research papers use them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "anomaly": ["auc", "image_scores"],
        "ans": ["AnsStack", "cumulative_frequencies"],
        "bits_back": ["compress", "decompress"],
        "by_class": ["by_class"],
        "classifier": ["look", "recognize", "train_classifier"],
        "copying": ["copied_share", "nearest_images"],
        "draw_quality": ["judge_draws"],
        "denoising": ["best_filters", "psnr", "ssim"],
        "codes": ["knn_accuracy_within", "knn_classes", "knn_classes_within", "probe_accuracy"],
        "mmd": ["kid", "squared_mmd"],
        "modes": ["good_share", "modes_found"],
        "neighbourhoods": ["precision_recall"],
        "rates": ["jpeg", "rounded_bits"],
        "file_formats": ["file_sizes"],
        "samples": ["class_coverage", "confident_share", "frechet_distance", "kinds_shown"],
    },
)
