"""A zoo of two small models."""

from __future__ import annotations

from whole_zoo_fixtures import models, small_registry, whole

__all__ = ["models", "small_registry", "whole"]
