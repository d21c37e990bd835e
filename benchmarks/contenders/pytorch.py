"""The same network and loss in plain PyTorch, optimized for the CPU.

Channels last, the fused Adam, the cross-entropy from logits, images selected by index from one
tensor. With a stride of 2, PyTorch and TensorFlow pad opposite sides of an image: with mirrored
images and kernels both compute the same values, as tests/benchmarks/test_speed.py checks.
"""

import torch
from torch import nn
from torch.nn import functional


class TorchVAE(nn.Module):
    """The networks of `build_encoder("conv")` and `build_decoder("conv")`."""

    loss_weights = (1.0, 1e-3)

    def __init__(self, latent_dim: int = 2):
        super().__init__()
        self.latent_dim = latent_dim
        self.features = nn.Sequential(
            *_relu(nn.Conv2d(1, 32, 3, stride=1, padding=1)),
            *_relu(nn.Conv2d(32, 64, 3, stride=2, padding=1)),
            *_relu(nn.Conv2d(64, 64, 3, stride=2, padding=1)),
            *_relu(nn.Conv2d(64, 64, 3, stride=1, padding=1)),
            nn.Flatten(),
            *_relu(nn.Linear(7 * 7 * 64, 16)),
        )
        self.z_mean = nn.Linear(16, latent_dim)
        self.z_log_var = nn.Linear(16, latent_dim)
        self.decoder = nn.Sequential(
            *_relu(nn.Linear(latent_dim, 7 * 7 * 64)),
            nn.Unflatten(1, (64, 7, 7)),
            *_relu(nn.ConvTranspose2d(64, 64, 3, stride=1, padding=1)),
            *_relu(nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1)),
            *_relu(nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)),
            nn.ConvTranspose2d(32, 1, 3, stride=1, padding=1),
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, x, eps):
        """Return the loss of a batch of images, shape (batch, 1, 28, 28), with this noise."""
        k1, k2 = self.loss_weights
        features = self.features(x)
        z_mean, z_log_var = self.z_mean(features), self.z_log_var(features)
        logits = self.decoder(z_mean + torch.exp(z_log_var / 2) * eps)
        r_loss = functional.binary_cross_entropy_with_logits(logits, x)
        kl = (z_mean**2 + torch.exp(z_log_var) - 1 - z_log_var).sum(1) / 2
        return k1 * r_loss + k2 * kl.mean()


def _relu(layer):
    return layer, nn.ReLU(inplace=True)


def new_model() -> TorchVAE:
    """Return a new model with its optimizer."""
    vae = TorchVAE()
    vae.optimizer = torch.optim.Adam(vae.parameters(), lr=1e-3, fused=True)
    return vae


def train(vae: TorchVAE, x, batch_size: int = 64, epochs: int = 1) -> None:
    """Train on NumPy images of shape (n, 28, 28, 1)."""
    images = torch.tensor(x).permute(0, 3, 1, 2)  # PyTorch's order of axes, without a copy
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(batch_size):
            vae.optimizer.zero_grad(set_to_none=True)
            loss = vae(images[chosen], torch.randn(len(chosen), vae.latent_dim))
            loss.backward()
            vae.optimizer.step()
