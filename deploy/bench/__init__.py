"""The benchmarks: what the README claims, measured beside a peer in the same run."""
