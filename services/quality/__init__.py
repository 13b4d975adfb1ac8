"""What people decide about data: reviews of readings, alarms, submissions in quarantine, keys of senders."""
