-- How well each rule is borne out: in how many of its VM's runs, how often, when first and last, and whether what it
-- allows ever did any good.
with

taking_part as (
    select vm, count(distinct run) as runs from run_vms group by vm
),

named as (
    select
        rule_names.rule, names.*,
        try_cast(runs.started as timestamp) + to_microseconds(names.first_ts // 1000) as first_at,
        try_cast(runs.started as timestamp) + to_microseconds(names.last_ts // 1000) as last_at
    from rule_names
    inner join names using (run, from_vm, to_place, op, name)
    inner join runs on runs.run = names.run
),

support as (
    select
        named.rule, count(distinct named.run) as runs,
        greatest(coalesce(any_value(taking_part.runs), 0), count(distinct named.run)) as "of",
        sum(named.times)::bigint as times,
        strftime(min(named.first_at), '%Y-%m-%dT%H:%M:%SZ') as first,
        strftime(max(named.last_at), '%Y-%m-%dT%H:%M:%SZ') as last,
        bool_or(named.worked) as worked, bit_or(named.access) as access, min(named.noise) as noise,
        bool_and(named.noise is not null) as all_noise
    from named
    left join taking_part on taking_part.vm = named.from_vm
    group by named.rule
)

select * from support
