"""Run every benchmark: ``python -m bench [name…]``."""

import argparse
import importlib
import pkgutil

import bench


def main() -> None:
    found = [module for module in pkgutil.iter_modules(bench.__path__) if not module.ispkg]
    names = [module.name for module in found if not module.name.startswith("_")]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], help="all when none is given")
    for name in parser.parse_args().names or names:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
