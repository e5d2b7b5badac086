-- When in its VM's life each rule is used: only while it starts (`startup`), only as it ends (`end`), or `throughout`. Of a
-- passed name, the receiver's life counts. A VM counts as starting for ten seconds, as the engine counts it
-- (Vm::starting). Only lives of thirty seconds and more say anything, and only if there are five and no shorter ones: by
-- chance, uses at any time of a long life all fall into its first third once in 250 over so many runs.
with

used as (
    select
        rule_names.rule, names.run, names.from_vm as vm, min(names.first_ts) as first_ts, max(names.last_ts) as last_ts
    from rule_names
    inner join names using (run, from_vm, to_place, op, name)
    group by all
),

stays as (
    select
        used.rule, coalesce(ended - began >= 30e9, false) as long, last_ts - began < 10e9 as early,
        ended - first_ts < 0.05 * (ended - began) as late
    from used
    left join lives on lives.run = used.run and lives.vm = used.vm
),

phases as (
    select
        rule,
        case
            when count(*) < 5 or not bool_and(long) then 'throughout'
            when bool_and(early) then 'startup'
            when bool_and(late) then 'end'
            else 'throughout'
        end as phase
    from stays
    group by rule
)

select * from phases
