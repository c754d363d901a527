"""Encoders: texts in, unit-length vectors out. One module per encoder, one protocol."""

from __future__ import annotations

from framing.encoders.base import Encoder, fingerprint
from framing.encoders.registry import encoder_names, load_encoder

__all__ = ["Encoder", "encoder_names", "fingerprint", "load_encoder"]
