-- How many dependencies there are of each kind, and the first five of each by name.
select needed, count(*)::int as names, list({ vm: from_vm, op: op, name: name } order by from_vm, op, name)[1:5] as first
from dependencies
group by needed
order by needed
