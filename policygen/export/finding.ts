// How truly a target says a rule, as codes; the words for people are made here and nowhere else.
import { isBound } from '../../analyzer/pattern/admits.js';
import { printPattern } from '../../analyzer/pattern/text.js';
import type { PatternPart } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';

/**
 * `exact`: the target lets through what the rule does. `wider`: also what no rule allows. `narrower`: less than the rule
 * allows. `unsaid`: nothing of it. Only `wider` gives anything away.
 */
export const FIDELITIES = ['exact', 'wider', 'narrower', 'unsaid'] as const;
export type Fidelity = (typeof FIDELITIES)[number];

// `{}` stands for what the reason speaks of.
const WORDS = {
  // wider
  ANY_ADDRESS: 'every address and port of {}: it names no single ones',
  ANY_HOST: 'port {} at every host',
  ANY_PORT: 'every port of {}',
  ANY_OWNER: 'whoever owns the name, not {} alone',
  ANY_PROGRAM: 'every program, not {} alone',
  ANY_ARGUMENTS: 'any arguments',
  ANY_TIME: 'at any time, not only while it starts',
  ANY_OPERATION: 'every operation of the interface, not {} alone',
  ANY_MESSAGE: 'every message, not {} alone',
  ANY_TITLE: 'windows of any title, not {} alone',
  ANY_FORMAT: 'every clipboard format, not {} alone',
  ANY_MEMBER: 'every call to the bus name, not {} alone',
  ANY_DEVICE: 'every device, not {} alone',
  ANY_VALUE: 'any value of {}, not only that of the run',
  ANY_TEXT: 'any text in the place of {}',
  ANY_OF: 'every {}',
  NOT_HANDED: 'whether or not the name was handed over before',
  FOLDER: 'everything in {}',
  BEGINNING: 'every name that begins with {}',
  PLUS_READ: 'reading it as well',
  PLUS_WRITE: 'writing it as well',
  PLUS_MAKE: 'creating and deleting it as well',
  PLUS_FILE: 'a file of that name as well: it does not tell sockets from files',
  SHARED: 'what other programs of this machine keep in {}: there it is not private',
  LEFT_OPEN: '{}, which it does not restrict at all',
  LET_THROUGH: 'what it refuses: {} is said too widely to leave that out',
  BASE_COVERS: 'what it refuses: every program may read it there',
  // narrower
  DIGITS: 'values of at most {}',
  READ_ONLY: 'no private changes to {}: it has no copy on write',
  REFUSED_TOO: 'nothing that {} refuses, even where this rule is the more specific',
  MORE_REFUSED: 'the refusal takes away more than it says: {}',
  NO_CASE: '{} as it is written only: it does not ignore case',
  // unsaid
  NO_WORD: 'it has no word for {}',
  NO_NAME: 'it takes no such name: {}',
  NO_HOSTS: 'it takes addresses and no host names: {}',
  NO_PATTERN: 'it takes no pattern there: {}',
  NO_WINDOWS: 'it knows no names of Windows: {}',
  NO_LINUX: 'it knows no names of Linux: {}',
  OTHER_PLACE: '{} is shown under another name, which it cannot',
  REFUSED_WITHIN: 'it would let through what {} refuses',
  RESERVED: '{} belongs to the runtime there',
} as const;

export type ReasonCode = keyof typeof WORDS;

export interface Reason {
  readonly code: ReasonCode;
  /** What the reason speaks of. */
  readonly of: string;
}

export const reason = (code: ReasonCode, of = ''): Reason => ({ code, of });

/** Why a token that a target takes for any text is wider. */
export const anyOf = (token: Exclude<PatternPart, string>): Reason =>
  reason(isBound(token.token) ? 'ANY_VALUE' : 'ANY_TEXT', printPattern([token]));

export const reasonWords = ({ code, of }: Reason): string => WORDS[code].replace('{}', () => of);

/** What became of one operation of a rule, or (`rule` null) of what a VM may do without any. */
export interface Finding {
  rule: string | null;
  op: Op | null;
  object: string;
  fidelity: Fidelity;
  reasons: readonly Reason[];
  /** What stands in the export for it. */
  says: readonly string[];
}
