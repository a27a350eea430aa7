/** One row: what a role can do beyond the data of its database, each null where it cannot, or a few names. */
export const POWERS = `
with me as (select pg_catalog.pg_roles.* from pg_catalog.pg_roles where rolname = current_user),
calls as (
  select p.proname, l.lanname, l.lanpltrusted, p.prosecdef, o.rolsuper as of_superuser, e.extname
  from pg_catalog.pg_proc p
  join pg_catalog.pg_language l on l.oid = p.prolang
  join pg_catalog.pg_roles o on o.oid = p.proowner
  left join pg_catalog.pg_depend d
    on d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e'
  left join pg_catalog.pg_extension e on e.oid = d.refobjid
  where p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
    and pg_catalog.has_function_privilege(current_user, p.oid, 'execute')
    and pg_catalog.has_schema_privilege(current_user, p.pronamespace, 'usage')
)
select
  (select pg_catalog.string_agg(rolname::text, ', ') from pg_catalog.pg_roles
    where rolsuper and pg_catalog.pg_has_role(current_user, oid, 'member')) as "is a superuser, or may become one",
  (select 'replication'::text from me where rolreplication) as "may replicate the whole server",
  (select pg_catalog.string_agg(rolname::text, ', ') from pg_catalog.pg_roles
    where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_signal_backend')
      and pg_catalog.pg_has_role(current_user, oid, 'member')) as "reaches files, programs or sessions of the server",
  (select pg_catalog.string_agg(distinct proname::text, ', ') from pg_catalog.pg_proc
    where pronamespace = 'pg_catalog'::pg_catalog.regnamespace
      and proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'lo_import', 'lo_export', 'pg_stat_file')
      and pg_catalog.has_function_privilege(current_user, oid, 'execute')) as "may call functions that reach files",
  (select pg_catalog.string_agg(distinct lanname::text, ', ') from calls
    where not lanpltrusted and lanname not in ('internal', 'c')) as "may call functions in languages that are not contained",
  (select pg_catalog.string_agg(distinct extname::text, ', ') from calls
    where extname in ('dblink', 'adminpack', 'http', 'pg_net', 'pg_curl', 'plsh', 'orafce', 'pg_background', 'pg_cron',
      'aws_s3', 'aws_lambda', 'multicorn', 'pgsql_http')) as "may call extensions that reach elsewhere",
  (select pg_catalog.string_agg(distinct proname::text, ', ') from calls
    where prosecdef and of_superuser) as "may call functions that run as a superuser",
  (select pg_catalog.string_agg(c.relname::text, ', ') from pg_catalog.pg_class c
    where c.relkind = 'f' and pg_catalog.has_table_privilege(current_user, c.oid, 'select')) as "may read tables of other servers",
  (select pg_catalog.string_agg(srvname::text, ', ') from pg_catalog.pg_foreign_server
    where pg_catalog.has_server_privilege(current_user, oid, 'usage')) as "may use other servers"
`;

/** What a role can do beyond, as a sentence's end; undefined where that is nothing. */
export function beyond(columns: readonly string[], row: readonly (string | null)[]): string | undefined {
  const found = columns.flatMap((name, index) => {
    const what = row[index];
    return what === null || what === undefined ? [] : [`${name} (${what.slice(0, 120)})`];
  });
  return found.length === 0 ? undefined : found.join('; ');
}
