-- What run.json said, from text to the columns' types.
insert into runs
select
    code::usmallint, run, folder, format::integer, shuttle, system, mode, started, try_cast(duration_ms as bigint),
    outcome, try_cast(exit_code as integer), complete = 'true', kernel, wine, machine
from runs_said;

insert into run_vms
select run, vm, program, windows, try_cast(exit_code as integer) from vms_said;

insert into ledger
select run, source, try_cast(seen as bigint), try_cast(stored as bigint), try_cast(lost as bigint) from ledger_said;

drop table runs_said;
drop table vms_said;
drop table ledger_said;
