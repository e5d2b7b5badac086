-- One row for each name that a VM's program used at one place by one operation in one run, with how often and when.
select
    run, from_vm, to_place, op, name, pid, count(*) as times, bool_or(worked) as worked, bit_or(access) as access,
    min(ts) as first_ts, max(ts) as last_ts, min(seq) as first_seq, any_value(noise) as noise
from outward
group by run, from_vm, to_place, op, name, pid
