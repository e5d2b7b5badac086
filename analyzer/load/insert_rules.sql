insert into rules
select id, from_json(allow::json, '["varchar"]'), "from", "to", "object", state, needed, note, carrier, phase
from rules_text
