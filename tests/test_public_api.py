"""The public names: what the fronts list can be imported, and every name says what it is."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

import pytest

import xinzhi

FRONTS = (
    *("xinzhi.core", "xinzhi.data", "xinzhi.measure", "xinzhi.structure", "xinzhi.stress"),
    *("xinzhi.plan", "xinzhi.report"),
)


def public_names(module: ModuleType) -> set[str]:
    """Return what a user sees in a module: no submodules, nothing with an underscore."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }


@pytest.mark.parametrize("front", FRONTS)
def test_a_front_lists_exactly_what_it_offers(front: str):
    module = importlib.import_module(front)
    assert len(set(module.__all__)) == len(module.__all__)
    assert public_names(module) == set(module.__all__)


def test_the_package_lists_exactly_what_it_offers():
    assert sorted(xinzhi.__all__) == sorted(set(xinzhi.__all__))
    homes = {name for names in xinzhi._HOMES.values() for name in names}
    assert homes | {"__version__"} == set(xinzhi.__all__) == set(dir(xinzhi))
    for home, names in xinzhi._HOMES.items():
        assert home in FRONTS
        module = importlib.import_module(home)
        for name in names:
            assert name in module.__all__
            assert getattr(xinzhi, name) is getattr(module, name)


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'indexx'"):
        _ = xinzhi.indexx  # type: ignore[attr-defined]


@pytest.mark.parametrize("front", FRONTS)
def test_every_public_name_has_a_docstring(front: str):
    module = importlib.import_module(front)
    for name in module.__all__:
        value = getattr(module, name)
        if not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        assert inspect.getdoc(value), name
        # dataclasses without one would show their signature
        assert not inspect.getdoc(value).startswith(f"{name}("), name
        if inspect.isclass(value):
            for own, method in vars(value).items():
                plain = getattr(method, "__func__", getattr(method, "fget", method))
                if not own.startswith("_") and inspect.isfunction(plain):
                    assert inspect.getdoc(plain), f"{name}.{own}"


def test_the_version_is_the_distributions():
    from importlib.metadata import version

    assert xinzhi.__version__ == version("xinzhi")
