"""Who may send observations, and what was answered to deliveries that their senders numbered."""
