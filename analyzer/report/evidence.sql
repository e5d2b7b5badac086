-- The first interactions that justify each rule.
select
    rule_rows.rule, i.run, i.seq, i.vm, i.pid, i.image, i.op, i."object" as name, i.peer, i.verdict, i.status, i.source,
    strftime(try_cast(runs.started as timestamp) + to_microseconds(i.ts // 1000), '%Y-%m-%dT%H:%M:%SZ') as at
from rule_rows
inner join interactions as i on i.run = rule_rows.run and i.seq = rule_rows.seq
inner join runs on runs.run = i.run
qualify row_number() over (partition by rule_rows.rule order by i.run, i.seq) <= $most
order by rule_rows.rule, i.run, i.seq
