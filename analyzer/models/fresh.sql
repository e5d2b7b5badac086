-- In which run each rule was met that only one run met: what a scenario still brings that is new.
with

met as (
    select rule, any_value(run) as run, count(distinct run) as runs from rule_names group by rule
)

select run, count(*) as rules from met where runs = 1 group by run
