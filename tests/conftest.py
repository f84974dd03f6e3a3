"""Read before any test module: from here on, the packaged model is the tests' own."""

from tests.tools import own_model

own_model.install()
