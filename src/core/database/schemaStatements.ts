/** What lists a SQLite database: everything but its own tables, as it was made. */
export const SQLITE_SCHEMA =
  "select type, name, tbl_name as 'table', sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\' order by type, name";

/** The same of PostgreSQL: tables and views that the role may see, each with its columns. */
export const POSTGRES_SCHEMA =
  "select table_schema, table_name, string_agg(column_name || ' ' || data_type || case when is_nullable = 'NO' then ' not null' else '' end, ', ' order by ordinal_position) as columns from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema') group by 1, 2 order by 1, 2";
