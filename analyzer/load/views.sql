-- The published columns of a run folder, each with the run it belongs to; interactions with the computed `noise` as well.

create view interactions as
select
    runs.run, i.seq, i.ts, vm.word as vm, i.pid, i.tid, image.word as image, op.word as op, object.word as "object",
    effective.word as effective, peer.word as peer, peer_image.word as peer_image, i.access, verdict.word as verdict,
    i.status, rule.word as rule, i.latency, i.parent, i.channel, source.word as source, i.detail, noise.noise
from interactions_coded as i
-- Never null: joined first and inner, so that a condition on them spares the rest of the joins.
inner join (select * from interactions_words where field = 'verdict') as verdict on verdict.code = i.verdict
inner join (select * from interactions_words where field = 'op') as op on op.code = i.op
inner join (select * from interactions_words where field = 'source') as source on source.code = i.source
inner join (select * from interactions_words where field = 'vm') as vm on vm.code = i.vm
inner join (select * from interactions_words where field = 'object') as "object" on "object".code = i."object"
inner join runs on runs.code = i.run
left join (select * from interactions_words where field = 'image') as image on image.code = i.image
left join (select * from interactions_words where field = 'effective') as effective on effective.code = i.effective
left join (select * from interactions_words where field = 'peer') as peer on peer.code = i.peer
left join (select * from interactions_words where field = 'peer_image') as peer_image on peer_image.code = i.peer_image
left join (select * from interactions_words where field = 'rule') as rule on rule.code = i.rule
left join noise on noise.op = i.op and noise."object" = i."object" and noise.image = i.image;

create view payloads as
select runs.run, p.channel, p.ts, p.direction, p.size, p.bytes
from payloads_coded as p
left join runs on runs.code = p.run;

create view processes as
select
    runs.run, vm.word as vm, p.pid, p.vm_pid, p.win_pid, p.parent, image.word as image, p.argv, p.started, p.ended,
    p.exit
from processes_coded as p
left join runs on runs.code = p.run
left join (select * from processes_words where field = 'vm') as vm on vm.code = p.vm
left join (select * from processes_words where field = 'image') as image on image.code = p.image;
