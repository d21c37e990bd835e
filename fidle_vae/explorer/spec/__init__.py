"""What a decoder is, described so that JavaScript can run it."""
