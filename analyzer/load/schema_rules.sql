-- Which names each rule stands for.
create or replace table rule_names (
    rule varchar, run varchar, from_vm varchar, to_place varchar, op varchar, name varchar
);

create or replace table rules (
    id varchar, allow varchar[], "from" varchar, "to" varchar, "object" varchar, state varchar, needed varchar,
    note varchar, carrier varchar, phase varchar
);

-- The rules as they are handed over: `allow` is a JSON list.
create or replace temp table rules_text (
    id varchar, allow varchar, "from" varchar, "to" varchar, "object" varchar, state varchar, needed varchar,
    note varchar, carrier varchar, phase varchar
);
