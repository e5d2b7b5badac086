-- Which names each rule stands for.
create or replace table rule_names (
    rule varchar, run varchar, from_vm varchar, to_place varchar, op varchar, name varchar
);
