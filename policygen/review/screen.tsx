// The review on a terminal: rows of the frame as ink's texts, keys as actions. Everything else is in reduce.ts and
// frame.ts.
import { Box, render, Text, useApp, useInput, useStdout } from 'ink';
import { useEffect, useReducer, useState } from 'react';
import type { Book } from './book.js';
import { frameOf, type Shown, type Size } from './frame.js';
import { actionOf, type Press, pressesOf } from './keys.js';
import { Painter, type Terminal } from './painter.js';
import { type Action, type Hand, reduce } from './reduce.js';
import { type State, selectedId } from './state.js';
import { type Row, rowText, type Span, type Tone } from './text.js';

/** What the review asks of the world outside. */
export interface Outside {
  /** Saves, and says what came of it. */
  save(state: State, leave: boolean): Promise<Action>;
  /** The interactions of a rule. */
  evidence(id: string): Promise<Shown>;
}

export interface ScreenProps {
  book: Book;
  begin: State;
  hand: Hand;
  outside: Outside;
  colour: boolean;
}

const COLOURS: Readonly<Partial<Record<Tone, string>>> = { good: 'green', bad: 'red', warn: 'yellow' };

function Part({ span: { text, tone = 'plain' }, colour }: { span: Span; colour: boolean }) {
  const named = colour ? COLOURS[tone] : undefined;
  return (
    <Text
      {...(named === undefined ? {} : { color: named })}
      bold={tone === 'bold'}
      dimColor={tone === 'dim' && colour}
      inverse={tone === 'pick'}
    >
      {text}
    </Text>
  );
}

function Line({ row, colour }: { row: Row; colour: boolean }) {
  // A row without anything would have no height.
  if (rowText(row) === '') return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {row.map((span, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is known by its place
        <Part key={at} span={span} colour={colour} />
      ))}
    </Text>
  );
}

/** The size of the terminal, as it is by now. */
function useSize(): Size {
  const { stdout } = useStdout();
  const read = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const [size, setSize] = useState(read);
  useEffect(() => {
    const resized = () => setSize(read());
    stdout.on('resize', resized);
    return () => {
      stdout.off('resize', resized);
    };
  });
  return size;
}

export function Screen({ book, begin, hand, outside, colour }: ScreenProps) {
  // What a key does depends on what the keys before it did, which may come in the same moment.
  const step = (now: State, given: Action | Press): State => {
    const action = 'do' in given ? given : actionOf(now.mode, given.name, given.text);
    return action === null ? now : reduce(now, action, book, hand);
  };
  const [state, dispatch] = useReducer(step, begin);
  const [evidence, setEvidence] = useState<Shown | null>(null);
  const { exit } = useApp();
  const size = useSize();
  useInput((input, key) => {
    for (const press of pressesOf(input, key)) dispatch(press);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each wish is fulfilled once
  useEffect(() => {
    const { do: wish } = state.wish;
    if (wish === 'leave') exit();
    if (wish === 'save' || wish === 'save and leave')
      void outside.save(state, wish === 'save and leave').then(dispatch);
    const id = selectedId(state);
    if (wish === 'show evidence' && id !== null) void outside.evidence(id).then(setEvidence);
  }, [state.wish.number]);
  return (
    <Box flexDirection="column" height={size.rows}>
      {frameOf(state, book, size, evidence).map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
        <Line key={at} row={row} colour={colour} />
      ))}
    </Box>
  );
}

/** Shows the review until it is left, on a screen of its own, so that the terminal is afterwards as it was. */
export async function show(
  props: ScreenProps,
  { stdin, stdout: terminal }: { stdin: NodeJS.ReadStream; stdout: Terminal } = process,
): Promise<void> {
  const painter = new Painter(terminal);
  process.once('SIGHUP', terminalGone);
  try {
    const stdout = painter as unknown as NodeJS.WriteStream;
    // What ink calls debugging is to write every frame whole.
    const shown = render(<Screen {...props} />, {
      stdin,
      stdout,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    await shown.waitUntilExit();
  } finally {
    process.off('SIGHUP', terminalGone);
    painter.close();
  }
}

// Node 20 crashes where it cannot give back a terminal that is gone. Nothing is half done: files are replaced whole.
const terminalGone = (): void => void process.kill(process.pid, 'SIGKILL');
