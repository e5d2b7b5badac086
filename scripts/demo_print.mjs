// How the demo looks: on a terminal with colour and a line that says what is going on, in a pipe plain.
const out = process.stdout;
const colours = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 };

export function paint(colour, text) {
  return out.isTTY && !process.env.NO_COLOR ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}

export const line = (text = '') => out.write(`${text}\n`);

export function heading(number, text) {
  line();
  line(`${paint('cyan', `${number}.`)} ${paint('bold', text)}`);
}

export function promise(kept, text) {
  line(`   ${kept ? paint('green', '✔') : paint('red', '✘')} ${text}`);
}

export const detail = (text) => line(`     ${paint('dim', text)}`);

/** Rows under a heading, each column as wide as its widest cell. */
export function table(columns, rows) {
  const cells = [columns, ...rows].map((row) => row.map((cell) => String(cell ?? '')));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => [...row[at]].length)));
  const show = (row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd();
  line(`     ${paint('dim', show(cells[0]))}`);
  for (const row of cells.slice(1)) line(`     ${show(row)}`);
}

const WHEEL = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** Waits for work while saying so on a terminal; in a pipe it is silent. */
export async function during(text, work) {
  const began = Date.now();
  let turn = 0;
  const show = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    out.write(`\r   ${paint('cyan', WHEEL[turn++ % WHEEL.length])} ${text} ${paint('dim', `${seconds} s`)}\u001b[K`);
  };
  const timer = out.isTTY ? setInterval(show, 100) : null;
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (timer) out.write('\r\u001b[K');
  }
}
