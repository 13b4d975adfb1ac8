"""What others take away: data sets made of tables, and what is written down about them."""
