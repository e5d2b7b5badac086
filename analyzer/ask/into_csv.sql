copy (from query($asked)) to $file (format csv, header true)
