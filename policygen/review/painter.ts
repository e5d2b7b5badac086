// Where ink writes: whole frames, of which only the rows that changed go to the terminal. Over a slow line a key then costs
// a few hundred bytes; and nothing flickers.
import { EventEmitter } from 'node:events';

/** The terminal, or what stands for it in a test. */
export interface Terminal extends NodeJS.EventEmitter {
  columns: number;
  rows: number;
  write(text: string): unknown;
}

const ALTERNATE = { on: '\u001b[?1049h\u001b[?25l\u001b[2J', off: '\u001b[?25h\u001b[?1049l' };

export class Painter extends EventEmitter {
  readonly isTTY = true;
  private lines: readonly string[] = [];
  private open = true;

  constructor(private readonly terminal: Terminal) {
    super();
    terminal.write(ALTERNATE.on);
    terminal.on('resize', this.resized);
  }

  get columns(): number {
    return this.terminal.columns || 80;
  }

  get rows(): number {
    return this.terminal.rows || 24;
  }

  /** Paints a frame; ink, told to write whole frames, writes nothing else but moves of the cursor. */
  write(frame: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (!this.open || /^(\u001b\[[?\d;]*[a-zA-Z])*$/.test(frame)) return true;
    const lines = frame.replace(/\n$/, '').split('\n').slice(0, this.rows);
    const changed = lines.flatMap((line, at) =>
      line === this.lines[at] ? [] : [`\u001b[${at + 1};1H\u001b[0m${line}\u001b[0m\u001b[K`],
    );
    const gone = this.lines.slice(lines.length).map((_, at) => `\u001b[${lines.length + at + 1};1H\u001b[K`);
    this.lines = lines;
    if (changed.length + gone.length > 0) this.terminal.write([...changed, ...gone].join(''));
    return true;
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.terminal.off('resize', this.resized);
    this.terminal.write(ALTERNATE.off);
  }

  private readonly resized = (): void => {
    this.lines = [];
    this.terminal.write('\u001b[2J');
    this.emit('resize');
  };
}
