-- The interactions in which a VM asked this of a name, the latest runs first.
select
    i.run, i.seq, i.ts, strftime(try_cast(runs.started as timestamp) + to_microseconds(i.ts // 1000), '%Y-%m-%dT%H:%M:%SZ') as at,
    i.vm, i.pid, i.image, i.op, i."object", i.peer, i.verdict, i.status, i.source, i.channel, i.detail
from interactions as i
inner join runs on runs.run = i.run
where i.vm = $vm and i.op = $op and (i."object" = $name or $fold and upper(i."object") = upper($name))
order by i.run desc, i.seq
limit $most
