-- One row for each name that a VM used at one place by one operation in one run, with how often and when.
with

named as (
    select
        run, from_vm, to_place, op, name, sum(times)::bigint as times, bool_or(worked) as worked,
        bit_or(access) as access, min(first_ts) as first_ts, max(last_ts) as last_ts, any_value(noise) as noise
    from uses
    group by run, from_vm, to_place, op, name
),

-- What was refused because it is protected is no proposal; what was carried all the same had been exposed on purpose.
allowed as (
    select * from named
    where worked is not null or not exists (
        select 1 from protected_paths as p
        where named.name = p.path or starts_with(named.name, p.path || '/') or starts_with(named.name, p.path || '\')
    )
)

select * from allowed
