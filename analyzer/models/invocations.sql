-- What one VM told another as it started something there: arguments, environment, a document's name.
select run, ts, vm, peer, op, "object" as name, detail
from interactions
where
    verdict = 'shuttled' and detail is not null and peer is not null and peer not in ('host', 'net', vm)
    and op in (select op from ops where class = 'invocation')
