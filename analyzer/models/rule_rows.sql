-- The rows that justify each rule.
select rule_names.rule, outward.run, outward.seq
from outward
inner join rule_names using (run, from_vm, to_place, op, name)
