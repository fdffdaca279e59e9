"""Loads every plugin of ``tests/plugins``: fixtures and factories live there, one module per room or subject."""

from pathlib import Path

pytest_plugins = [f"tests.plugins.{path.stem}" for path in sorted((Path(__file__).parent / "plugins").glob("*.py"))]
