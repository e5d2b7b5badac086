copy (from query($asked)) to $file (format parquet, compression zstd)
