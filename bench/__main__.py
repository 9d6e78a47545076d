"""Run every benchmark: ``python -m bench [name…]``."""

import argparse
import importlib
import pkgutil

import bench


def main() -> None:
    names = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    names = [name for name in names if not name.startswith("_") and name not in ("data", "host")]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], help="all when none is given")
    for name in parser.parse_args().names or names:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
