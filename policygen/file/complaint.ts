// What can be wrong with a system file, and the words for it. `at` is an offset in the text.
import { meant } from '../../native/contract/near.js';
import { isOp, OPS, TOKENS } from '../../native/contract/words.js';
import type { PatternDefect } from '../pattern/pattern.js';

export type Fault =
  | { code: 'YAML'; message: string }
  | { code: 'TOO_LARGE'; most: number }
  | { code: 'TOO_DEEP' }
  | { code: 'ALIAS' }
  | { code: 'TAG'; tag: string }
  | { code: 'YAML_VERSION'; version: string }
  | { code: 'QUOTED_BACKSLASH'; text: string }
  | { code: 'KEY_NO_TEXT' }
  | { code: 'KEY_TWICE'; key: string }
  | { code: 'KEY_UNKNOWN'; key: string; of: string; known: readonly string[] }
  | { code: 'KEY_MISSING'; key: string; of: string }
  | { code: 'TYPE'; wanted: readonly string[]; found: string; plain: string | null }
  | { code: 'WORD_UNKNOWN'; what: string; word: string; known: readonly string[] }
  | { code: 'FORM'; what: string; text: string }
  | { code: 'EMPTY'; what: string }
  | { code: 'SMALL'; least: number }
  | { code: 'ITEM_TWICE'; item: string }
  | { code: 'NEWER'; version: number; known: number }
  | { code: 'PATTERN'; text: string; defect: PatternDefect }
  | { code: 'VM_UNKNOWN'; vm: string; known: readonly string[] }
  | { code: 'MAIN_MISSING'; vms: readonly string[] }
  | { code: 'AFTER_CYCLE'; cycle: readonly string[] }
  | { code: 'READY_FORM'; text: string }
  | { code: 'READY_OP'; op: string }
  | { code: 'IMAGE_FORM'; place: string }
  | { code: 'IMAGE_OF_NET' }
  | { code: 'ID_TWICE'; id: string }
  | { code: 'CARRIER_UNKNOWN'; carrier: string; known: readonly string[] }
  | { code: 'CARRIER_MISSING'; token: string }
  | { code: 'KEY_MISPLACED'; key: string; belongs: string }
  | { code: 'CHARACTER'; what: string };

export type Complaint = Fault & { at: number };

/** A complaint with its place, both from 1, and its words. */
export interface LocatedComplaint {
  line: number;
  column: number;
  message: string;
}

const defects: { [C in PatternDefect['code']]: (defect: Extract<PatternDefect, { code: C }>) => string } = {
  BRACE_OPEN: () => 'a { that nothing closes (a literal brace is doubled)',
  BRACE_CLOSED: () => 'a } that nothing opened (a literal brace is doubled)',
  TOKEN_UNKNOWN: ({ token }) => `unknown token {${token}}${meant(token, TOKENS)} (a literal brace is doubled)`,
  TOKEN_WIDTH: ({ token }) => `{${token}}: only {hex:N} takes a number, from 1 to 1024`,
  TOO_LONG: ({ longest }) => `longer than ${longest} characters`,
  TOO_MANY_TOKENS: ({ most }) => `more than ${most} tokens`,
};

/** What is wrong with a pattern, in words. */
export function sayDefect<C extends PatternDefect['code']>(defect: Extract<PatternDefect, { code: C }>): string {
  return (defects[defect.code as C] as (one: typeof defect) => string)(defect);
}

const list = (words: readonly string[]): string =>
  words.length > 12 ? `${words.slice(0, 12).join(', ')}, …` : words.join(', ');

/** What was meant, or else all there is to mean. */
const known = (word: string, words: readonly string[]): string =>
  meant(word, words) || (words.length <= 24 ? `: known are ${words.join(', ')}` : '');

/** A word that is an operation was meant as it stands. */
function operationMeant(text: string): string {
  const [word = ''] = text.split(' ', 1);
  return isOp(word) ? '' : meant(word, OPS);
}

const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** What is wrong, in one line without a place. */
export function say(fault: Fault): string {
  switch (fault.code) {
    case 'YAML':
      return fault.message;
    case 'TOO_LARGE':
      return `larger than ${fault.most} bytes`;
    case 'TOO_DEEP':
      return 'nested too deeply';
    case 'ALIAS':
      return 'anchors and aliases are not taken: write it out';
    case 'TAG':
      return `tags are not taken: ${fault.tag}`;
    case 'YAML_VERSION':
      return `YAML ${fault.version} is not taken: write YAML 1.2`;
    case 'QUOTED_BACKSLASH':
      return `${fault.text} has a backslash in double quotes, where it changes the next letter: use single quotes`;
    case 'KEY_NO_TEXT':
      return 'a key must be plain text';
    case 'KEY_TWICE':
      return `the key ${fault.key} stands here twice`;
    case 'KEY_UNKNOWN':
      return `unknown key ${fault.key} in ${fault.of}${known(fault.key, fault.known)}`;
    case 'KEY_MISSING':
      return `the key ${fault.key} is missing in ${fault.of}`;
    case 'TYPE':
      return `expected ${fault.wanted.join(' or ')}, found ${fault.found}${fault.plain === null ? '' : `: write '${fault.plain}' in quotes`}`;
    case 'WORD_UNKNOWN':
      return `unknown ${fault.what} ${fault.word}${known(fault.word, fault.known)}`;
    case 'FORM':
      return `${quoted(fault.text)} is no ${fault.what}`;
    case 'EMPTY':
      return `${fault.what} must not be empty`;
    case 'SMALL':
      return `must be at least ${fault.least}`;
    case 'ITEM_TWICE':
      return `${fault.item} stands in this list twice`;
    case 'NEWER':
      return `format version ${fault.version} is newer than this Shuttle, which knows version ${fault.known}`;
    case 'PATTERN':
      return `bad pattern ${quoted(fault.text)}: ${sayDefect(fault.defect)}`;
    case 'VM_UNKNOWN':
      return `unknown VM ${fault.vm}${known(fault.vm, fault.known)}`;
    case 'MAIN_MISSING':
      return `the key main is missing: which of ${list(fault.vms)} ends the run?`;
    case 'AFTER_CYCLE':
      return `each VM waits for the next: ${fault.cycle.join(' after ')}`;
    case 'READY_FORM':
      return `${quoted(fault.text)} is no operation and its object, as in tcp.serve 127.0.0.1:80${operationMeant(fault.text)}`;
    case 'READY_OP':
      return `${fault.op} never makes a VM ready: name what it serves or creates`;
    case 'IMAGE_FORM':
      return `${quoted(fault.place)}: an image is a file’s name without a path`;
    case 'IMAGE_OF_NET':
      return 'the programs of net are not known: write net';
    case 'ID_TWICE':
      return `two rules have the id ${fault.id}`;
    case 'CARRIER_UNKNOWN':
      return `the carrier ${fault.carrier} is no rule’s id, nor argv${meant(fault.carrier, [...fault.known, 'argv'])}`;
    case 'CARRIER_MISSING':
      return `${fault.token} needs the key carrier: what brings it?`;
    case 'KEY_MISPLACED':
      return `the key ${fault.key} belongs to ${fault.belongs}`;
    case 'CHARACTER':
      return `${fault.what} holds a character that it cannot have`;
  }
}
