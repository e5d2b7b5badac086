// What the page does in a browser. It reads the page alone: names are only ever compared and shown as text.
const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
root.classList.add('scripted');

// Light or dark.
const dark = matchMedia('(prefers-color-scheme: dark)');
find('#theme').addEventListener('click', () => {
  const now = root.dataset.theme ?? (dark.matches ? 'dark' : 'light');
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
});

// Search. Every word has to be there.
const search = find('#search');
const rows = all('#interactions tbody tr');
const texts = rows.map((row) => row.textContent.toLowerCase());
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [at, row] of rows.entries()) {
    row.hidden = !words.every((word) => texts[at].includes(word));
    if (!row.hidden) shown++;
  }
  find('#shown').textContent = `${shown} of ${rows.length}`;
}
search?.addEventListener('input', filter);
if (search) filter();

// Sorting by a column, back and forth.
for (const [column, button] of all('#interactions th button').entries()) {
  button.addEventListener('click', () => {
    const head = button.closest('th');
    const up = head.getAttribute('aria-sort') !== 'ascending';
    for (const other of all('#interactions th')) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const number = head.classList.contains('number');
    const keyOf = (row) => row.cells[column].textContent;
    const numberOf = (row) => Number(keyOf(row).replace(/\D/g, ''));
    const compare = number ? (a, b) => numberOf(a) - numberOf(b) : (a, b) => keyOf(a).localeCompare(keyOf(b), 'en');
    const body = find('#interactions tbody');
    body.append(...rows.toSorted((a, b) => (up ? compare(a, b) : compare(b, a))));
  });
}

// The graph: what belongs together stands out; choosing a thing looks for it below.
const graph = find('.figure .graph');
const nodes = all('.figure .node');
const edges = all('.figure .edge');
let chosen = null;
function light(node) {
  graph.classList.toggle('dim', node !== null);
  for (const one of [...nodes, ...edges]) one.classList.remove('lit');
  if (node === null) return;
  node.classList.add('lit');
  for (const edge of edges) {
    const { from, to } = edge.dataset;
    if (from !== node.id && to !== node.id) continue;
    edge.classList.add('lit');
    for (const id of [from, to]) document.getElementById(id)?.classList.add('lit');
  }
}
function choose(node) {
  chosen = chosen === node ? null : node;
  for (const one of nodes) one.classList.toggle('chosen', one === chosen);
  light(chosen);
  if (!search) return;
  search.value =
    chosen === null
      ? ''
      : chosen
          .querySelector('title')
          .textContent.replace(/[{][^}]*[}]|…/g, ' ')
          .trim();
  filter();
}
for (const node of nodes) {
  node.addEventListener('mouseenter', () => light(node));
  node.addEventListener('mouseleave', () => light(chosen));
  node.addEventListener('focus', () => light(node));
  node.addEventListener('blur', () => light(chosen));
  node.addEventListener('click', () => choose(node));
}

// Keys: / searches, Enter chooses, arrows go through the graph, o opens all rules, t turns the light, Escape lets go.
addEventListener('keydown', (event) => {
  const at = nodes.indexOf(document.activeElement);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (chosen !== null) choose(chosen);
    else if (search && search.value !== '') {
      search.value = '';
      filter();
    } else document.activeElement?.blur();
  } else if (document.activeElement instanceof HTMLInputElement) return;
  else if (at >= 0 && (event.key === 'Enter' || event.key === ' ')) choose(nodes[at]);
  else if (at >= 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
    nodes[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
  else if (event.key === '/' && search) search.focus();
  else if (event.key === 't') find('#theme').click();
  else if (event.key === 'o') {
    const closed = all('.rules details').some((one) => !one.open);
    for (const one of all('.rules details')) one.open = closed;
  } else return;
  event.preventDefault();
});

// On paper nothing can be opened.
addEventListener('beforeprint', () => {
  for (const one of all('details')) one.open = true;
});
