-- The interactions that justify a rule, run by run, each with its time of day.
select
    i.run, i.seq, i.ts, strftime(try_cast(runs.started as timestamp) + to_microseconds(i.ts // 1000), '%Y-%m-%dT%H:%M:%SZ') as at,
    i.vm, i.pid, i.image, i.op, i."object", i.peer, i.verdict, i.status, i.source, i.channel, i.detail
from rule_rows
inner join interactions as i using (run, seq)
inner join runs on runs.run = i.run
where rule_rows.rule = $rule
order by i.run, i.seq
limit $most
