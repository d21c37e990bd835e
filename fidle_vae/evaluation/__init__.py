"""Measures of how good a VAE is, on held-out images, as research papers use them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "anomaly": ["auc", "image_scores"],
        "ans": ["AnsStack", "cumulative_frequencies"],
        "bits_back": ["compress", "decompress"],
        "by_class": ["by_class"],
        "classifier": ["look", "recognize", "train_classifier"],
        "denoising": ["best_filters", "psnr", "ssim"],
        "codes": ["knn_accuracy_within", "knn_classes", "knn_classes_within", "probe_accuracy"],
        "rates": ["jpeg", "rounded_bits"],
        "file_formats": ["file_sizes"],
        "samples": ["class_coverage", "confident_share", "kinds_shown"],
    },
)
