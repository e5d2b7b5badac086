-- The tables runs are loaded into. Texts that repeat are narrow codes into a table of words (0 stands for null), which
-- loads and scans several times faster than text; views.sql gives them back their published names and columns.

create table noise_patterns (noise varchar, op varchar, "object" varchar, image varchar);
create table protected_paths (path varchar);
create table handed_names (run varchar, vm varchar, name varchar);

create table ops (op varchar, class varchar);

create table runs (
    code usmallint, run varchar, folder varchar, format integer, shuttle varchar, system varchar, mode varchar,
    started varchar, duration_ms bigint, outcome varchar, exit_code integer, complete boolean, kernel varchar, wine varchar,
    machine varchar
);

-- As run.json says it: all text.
create table runs_said (
    code varchar, run varchar, folder varchar, format varchar, shuttle varchar, system varchar, mode varchar,
    started varchar, duration_ms varchar, outcome varchar, exit_code varchar, complete varchar, kernel varchar,
    wine varchar, machine varchar
);
create table vms_said (run varchar, vm varchar, program varchar, windows varchar, exit_code varchar);
create table ledger_said (run varchar, source varchar, seen varchar, stored varchar, lost varchar);

create table run_vms (run varchar, vm varchar, program varchar, windows varchar, exit_code integer);
create table run_variables (run varchar, vm varchar, token varchar, value varchar);
create table ledger (run varchar, source varchar, seen bigint, stored bigint, lost bigint);

create table interactions_coded (
    run usmallint, seq ubigint, ts bigint, vm usmallint, pid integer, tid integer, image uinteger, op utinyint,
    "object" uinteger, effective uinteger, peer usmallint, peer_image uinteger, access uinteger, verdict utinyint,
    status integer, rule usmallint, latency bigint, parent ubigint, channel uinteger, source utinyint, detail varchar
);

create table interactions_words (field varchar, code uinteger, word varchar);

create table payloads_coded (
    run usmallint, channel uinteger, ts bigint, direction tinyint, size uinteger, bytes blob
);

create table processes_coded (
    run usmallint, vm usmallint, pid integer, vm_pid integer, win_pid integer, parent integer, image uinteger,
    argv varchar, started bigint, ended bigint, exit integer
);

create table processes_words (field varchar, code uinteger, word varchar);
