"""What pyproject.toml can't say: every build begins in an empty folder, so that no file of an earlier one is packed."""

from tempfile import TemporaryDirectory

from setuptools import setup

BUILD = TemporaryDirectory(prefix="glioma-zoo-build-")  # gone once the build is
setup(options={"build": {"build_base": BUILD.name}})
