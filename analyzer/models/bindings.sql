-- What a name of a run holds of that run: a variable of the VM (user, home, …), the pid of the program that used it or
-- of the one that serves it. Only values that do occur in the name.
with

variables as (
    select n.run, n.from_vm, n.to_place, n.op, n.name, v.token, v.value
    from names as n
    inner join run_variables as v on v.run = n.run and v.vm = n.from_vm
),

users as (
    select u.run, u.from_vm, u.to_place, u.op, u.name, p.vm_pid, p.win_pid
    from uses as u
    inner join processes as p
        on p.run = u.run and p.vm = u.from_vm and p.pid = u.pid
        and p.started <= u.last_ts and coalesce(p.ended, u.first_ts) >= u.first_ts
),

servers as (
    select distinct n.run, n.from_vm, n.to_place, n.op, n.name, p.vm_pid, p.win_pid
    from names as n
    inner join served as s on s.run = n.run and s.vm = n.to_place and s.name = n.name
    inner join processes as p on p.run = s.run and p.vm = s.vm and p.pid = s.pid
),

pids as (
    select run, from_vm, to_place, op, name, 'pid' as token, vm_pid as value from users
    union all
    select run, from_vm, to_place, op, name, 'win.pid', win_pid from users
    union all
    select run, from_vm, to_place, op, name, 'peer.pid', vm_pid from servers
    union all
    select run, from_vm, to_place, op, name, 'peer.win.pid', win_pid from servers
),

bindings as (
    select * from variables
    union all
    select run, from_vm, to_place, op, name, token, value::varchar from pids where value is not null
)

select distinct * from bindings where value <> '' and contains(lower(name), lower(rtrim(value, '/\')))
