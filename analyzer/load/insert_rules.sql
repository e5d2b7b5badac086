-- Rules as they were said, from text to the columns' types.
insert into rules
select id, from_json(allow::json, '["varchar"]'), "from", "to", "object", state, needed, note
from rules_said;

drop table rules_said;
