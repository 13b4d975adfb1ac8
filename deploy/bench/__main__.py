"""`make bench`: run every benchmark and print what was found beside what was to be reached."""

from deploy.bench import correction, latency, replay

if __name__ == "__main__":
    replay.report(replay.run())
    correction.report(correction.run())
    latency.report(latency.run())
