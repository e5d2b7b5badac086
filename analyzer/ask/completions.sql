-- What could stand where a statement ends so far, the likeliest first.
select suggestion, suggestion_type as kind, suggestion_score as score from sql_auto_complete($text)
