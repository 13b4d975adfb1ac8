"""Real Apache Kafka brokers without Docker: Maven brings the jars, KRaft needs nothing else."""
