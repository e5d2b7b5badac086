insert into ledger values ($run, $source, $seen, $stored, $lost)
