-- One row for each name that a VM used at one place by one operation in one run, with how often and when.
with

named as (
    select
        run, from_vm, to_place, op, name, count(*) as times, bool_or(worked) as worked, bit_or(access) as access,
        min(ts) as first_ts, max(ts) as last_ts, min(seq) as first_seq, any_value(noise) as noise
    from outward
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
