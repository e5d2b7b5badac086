-- Every name that any run of the system knows, whoever used it: what a wider rule is priced against.
select distinct word as name
from interactions_words
where field = 'object'
order by name
