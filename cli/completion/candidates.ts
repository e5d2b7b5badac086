// What could stand in the place of the last word of a command line, by the tree of commands: pure but for the names that
// `Known` finds.
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  word: string;
  says?: string;
}

/** What the shell itself completes. */
export type Paths = 'files' | 'folders' | 'system files';

export interface Answer {
  candidates: Candidate[];
  paths?: Paths;
}

/** Names of the world: those for a placeholder of the help, as `system file` or `run`, given the operands so far. */
export type Known = (placeholder: string, operands: readonly string[], current: string, command: string) => Answer;

const NONE: Answer = { candidates: [] };

/** `words` are those before the last one, without the program's name. */
export function candidatesFor(root: Command, words: readonly string[], current: string, known: Known): Answer {
  const place = walk(root, words);
  const name = pathOf(place.command);
  const valued = /^(--[\w-]+)=(.*)$/s.exec(current);
  if (valued !== null && !place.ended) return withPrefix(valued, place, name, known);
  if (place.waiting !== null) return starting(ofOption(place.waiting, place.operands, current, name, known), current);
  if (current.startsWith('-') && !place.ended) return starting({ candidates: optionsOf(place) }, current);
  const commands = place.operands.length === 0 ? commandsOf(place.command) : [];
  if (commands.length > 0) return starting({ candidates: commands }, current);
  return starting(ofArgument(place, current, name, known), current);
}

interface Place {
  command: Command;
  operands: string[];
  /** The option whose value the last word is. */
  waiting: Option | null;
  used: Set<string>;
  /** After `--`, or after a program whose own words follow: no more options. */
  ended: boolean;
}

function walk(root: Command, words: readonly string[]): Place {
  const place: Place = { command: root, operands: [], waiting: null, used: new Set(), ended: false };
  for (const word of words) {
    if (place.waiting !== null) place.waiting = null;
    else if (place.ended) place.operands.push(word);
    else if (word === '--') place.ended = true;
    else if (word.startsWith('-') && word.length > 1) takeOption(place, word);
    else takeWord(place, word);
  }
  return place;
}

function takeOption(place: Place, word: string): void {
  const [name = '', value] = word.split('=', 2);
  const option = place.command.options.find((one) => one.long === name || one.short === name);
  if (option === undefined) return;
  place.used.add(option.long ?? option.flags);
  if (option.required && value === undefined) place.waiting = option;
}

function takeWord(place: Place, word: string): void {
  const next = place.operands.length === 0 ? place.command.commands.find((one) => one.name() === word) : undefined;
  if (next !== undefined) place.command = next;
  else place.operands.push(word);
  // `learn PROGRAM` leaves what follows to the program.
  if (next === undefined && passesOn(place.command) && !/[.]ya?ml$/i.test(word)) place.ended = true;
}

const passesOn = (command: Command): boolean =>
  (command as unknown as { _passThroughOptions?: boolean })._passThroughOptions === true;

/** `vm diff`, without the program's name. */
function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

const commandsOf = (command: Command): Candidate[] =>
  command.commands.map((one) => ({ word: one.name(), says: one.description() }));

const REPEATED = /may be repeated/;

function optionsOf({ command, used }: Place): Candidate[] {
  const options = command.options.filter(
    ({ hidden, long, flags, description }) => !hidden && (!used.has(long ?? flags) || REPEATED.test(description)),
  );
  const own = options.map(({ long, flags, description }) => ({ word: long ?? flags, says: description }));
  return [...own, { word: '--help', says: 'say how it is used, with an example' }];
}

function withPrefix([, long = '', value = '']: RegExpExecArray, place: Place, name: string, known: Known): Answer {
  const option = place.command.options.find((one) => one.long === long);
  if (option === undefined) return NONE;
  const { candidates } = starting(ofOption(option, place.operands, value, name, known), value);
  return { candidates: candidates.map(({ word, ...rest }) => ({ word: `${long}=${word}`, ...rest })) };
}

function ofOption(option: Option, operands: readonly string[], current: string, name: string, known: Known): Answer {
  if (option.argChoices) return { candidates: option.argChoices.map((word) => ({ word })) };
  const placeholder = /[<[](.*?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '';
  return known(option.long === '--vm' ? 'vm' : placeholder, operands, current, name);
}

function ofArgument({ command, operands }: Place, current: string, name: string, known: Known): Answer {
  const declared: readonly Argument[] = command.registeredArguments;
  const argument = declared[operands.length] ?? (declared.at(-1)?.variadic ? declared.at(-1) : undefined);
  if (argument === undefined) return NONE;
  if (argument.argChoices) return { candidates: argument.argChoices.map((word) => ({ word })) };
  return known(argument.name(), operands, current, name);
}

const starting = ({ candidates, paths }: Answer, current: string): Answer => ({
  candidates: candidates.filter(({ word }) => word.startsWith(current)),
  ...(paths === undefined ? {} : { paths }),
});
