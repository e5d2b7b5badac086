// The prompt of `shuttle query`.
import { createInterface, type Interface } from 'node:readline';
import type { Questions } from '../../analyzer/ask/questions.js';
import { count } from '../../native/contract/count.js';
import { explain } from '../../native/contract/explain.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { note, paint } from '../print.js';
import { FORMATS } from '../query.js';
import { type Manner, printAnswer, summary } from './answer.js';
import { DOTS, dotted } from './dots.js';
import { History } from './history.js';
import { inOneLine, NOTHING, type Typed, typed } from './typed.js';

const FIRST = 'shuttle> ';
const MORE = '    ...> ';

/** Answers what a person types until they leave. */
export async function prompt(questions: Questions, manner: Manner, runs: number): Promise<void> {
  note(`${count(runs, 'run')}; .help lists commands, Ctrl-D leaves`);
  await new Conversation(questions, manner).ended;
}

class Conversation {
  readonly ended: Promise<void>;
  private readonly history = History.open();
  private readonly lines: Interface;
  private state: Typed = NOTHING;
  private waiting: string[] = [];
  /** Readline's own list, the latest first; changing it is allowed. */
  private before: string[] = [];
  private answering = false;
  private cancelled = false;
  private left = false;

  constructor(
    readonly questions: Questions,
    readonly manner: Manner,
  ) {
    this.lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      prompt: FIRST,
      history: [...this.history.lines],
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) =>
        void this.completed(line).then((found) => done(null, found)),
    });
    this.lines.on('line', (line) => this.told(line));
    this.lines.on('history', (lines: string[]) => {
      this.before = lines;
    });
    this.lines.on('SIGINT', () => this.interrupted());
    this.ended = new Promise((resolve) => {
      this.lines.on('close', () => {
        this.left = true;
        if (this.answering) this.questions.cancel();
        process.stdout.write('\n');
        resolve();
      });
    });
    this.lines.prompt();
  }

  private told(line: string): void {
    this.state = typed(this.state, line);
    for (const text of this.state.ready) this.remember(text);
    this.waiting.push(...this.state.ready);
    if (!this.answering) void this.work();
  }

  /** Lines of one statement become one line of the history. */
  private remember(text: string): void {
    const ended = text.startsWith('.') ? text : `${text};`;
    const lines = ended.split('\n');
    const line = inOneLine(ended);
    for (const one of line === null ? lines : [line]) this.history.add(one);
    const typed = this.before.slice(0, lines.length).toReversed();
    if (line !== null && lines.length > 1 && typed.every((one, at) => one.trim() === lines[at]!.trim()))
      this.before.splice(0, lines.length, line);
  }

  /** Answers one after the other; what is typed meanwhile waits. */
  private async work(): Promise<void> {
    this.answering = true;
    for (let text = this.waiting.shift(); text !== undefined && !this.left; text = this.waiting.shift()) {
      if (text === '.quit') this.lines.close();
      else await this.answered(text);
    }
    this.answering = false;
    if (!this.left) this.ask();
  }

  private async answered(text: string): Promise<void> {
    this.cancelled = false;
    const began = performance.now();
    try {
      if (await dotted(text, this)) return;
      const rows = await printAnswer(this.questions, text, this.manner);
      summary(rows, this.manner, performance.now() - began);
    } catch (error) {
      if (!(error instanceof ShuttleError)) throw error;
      const { text: said, hint } = explain(error.problem);
      note(this.cancelled ? 'cancelled' : `${paint('red', said)}\n  ${paint('dim', hint)}`);
    }
  }

  private ask(): void {
    this.lines.setPrompt(this.state.pending === '' ? FIRST : MORE);
    this.lines.prompt();
  }

  private interrupted(): void {
    if (this.answering) {
      this.cancelled = true;
      this.waiting = [];
      this.questions.cancel();
      return;
    }
    const nothing = this.lines.line === '' && this.state.pending === '';
    process.stdout.write('\n');
    if (nothing) note('Ctrl-D leaves');
    this.state = NOTHING;
    // Takes away what stands in the line; nothing else does.
    this.lines.write(null, { ctrl: true, name: 'e' });
    this.lines.write(null, { ctrl: true, name: 'u' });
    this.ask();
  }

  private async completed(line: string): Promise<[string[], string]> {
    if (this.state.pending === '' && line.trimStart().startsWith('.')) return [await this.ofDot(line), lastWord(line)];
    const last = /[\w"]*$/.exec(line)?.[0] ?? '';
    if (this.answering) return [[], last];
    const found = await this.questions.completions(`${this.state.pending}\n${line}`);
    return [found.length === 1 ? [`${found[0]} `] : found, last];
  }

  private async ofDot(line: string): Promise<string[]> {
    const words = line.trimStart().split(/\s+/);
    const from = words.length === 1 ? Object.keys(DOTS) : await this.afterDot(words[0]!);
    const found = from.filter((one) => one.startsWith(words.at(-1)!));
    return found.length === 1 && words.length === 1 ? [`${found[0]} `] : found;
  }

  private async afterDot(name: string): Promise<readonly string[]> {
    if (name === '.format') return FORMATS;
    return name === '.schema' ? [...(await this.questions.tables()).keys()] : [];
  }
}

const lastWord = (line: string): string => /\S*$/.exec(line)?.[0] ?? '';
