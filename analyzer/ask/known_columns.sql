-- The columns of every table and view there is.
select table_name as "table", column_name as "column" from duckdb_columns() where not internal
