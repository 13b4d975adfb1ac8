"""Tests against real brokers of Apache Kafka."""
