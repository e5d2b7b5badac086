-- What crossed the wall, or was kept from it or given a copy: one row for each who, how, whom, what, verdict and rule.
with

outside as (
    select
        run, seq, ts, vm, image, op, "object" as name, peer_image, verdict, rule,
        coalesce(peer, if(op = 'dns.resolve', 'net', if(verdict = 'redirected', 'host', null))) as place
    from interactions
    where verdict in ('shuttled', 'blocked', 'redirected')
        and coalesce(not starts_with(rule, 'shuttle:'), true) and noise is null
),

-- A row that a rule of now justifies is told by that rule, another by the one that decided it.
justified as (
    select run, seq, min(rule) as rule from rule_rows group by run, seq
),

timed as (
    select
        outside.* exclude (rule), coalesce(justified.rule, outside.rule) as rule, ops.class,
        strftime(try_cast(runs.started as timestamp) + to_microseconds(outside.ts // 1000), '%Y-%m-%dT%H:%M:%SZ') as moment
    from outside
    inner join runs on runs.run = outside.run
    inner join ops on ops.op = outside.op
    left join justified on justified.run = outside.run and justified.seq = outside.seq
    where place is not null and place <> vm
),

crossings as (
    select
        vm, image, class, op, place, peer_image, name, verdict, rule, count(*)::bigint as times,
        count(distinct run)::bigint as runs, min(moment) as first, max(moment) as last
    from timed
    group by all
)

select * from crossings
order by vm, image nulls first, place, op, name, verdict, rule nulls first, peer_image nulls first
