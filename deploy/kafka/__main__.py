"""`python -m deploy.kafka start|stop`: brokers on loopback for a trial, a test or a benchmark."""

import argparse
from pathlib import Path

from deploy.kafka import cluster

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka", description=__doc__)
    parser.add_argument("do", choices=["start", "stop"])
    parser.add_argument("--nodes", type=int, default=1, choices=[1, 3], help="how many brokers")
    parser.add_argument("--port", type=int, default=9092, help="port of the first; the others follow it")
    parser.add_argument("--folder", type=Path, default=cluster.CACHE / "brokers", help="where they keep their data")
    said = parser.parse_args()
    folder = said.folder.absolute()
    if said.do == "start":
        started = cluster.start(folder, said.nodes, [said.port + number for number in range(said.nodes)])
        print(f"kafka://{started.servers}\nstop them with: python -m deploy.kafka stop --folder {folder}")
    else:
        print(f"{cluster.stop(folder)} brokers stopped")
