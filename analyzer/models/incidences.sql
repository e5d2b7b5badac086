-- In how many runs each rule was met, by class: what is counted over runs when asking how much is still unseen.
with

met as (
    select rule_names.rule, ops.class, count(distinct rule_names.run) as runs
    from rule_names
    inner join ops using (op)
    group by all
)

select * from met
