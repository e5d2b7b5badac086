import { foldName } from '../../native/contract/fold.js';
import { printable } from '../../native/contract/printable.js';
import type { Pattern } from '../../native/contract/rules.js';
import { ACCESS } from '../../native/contract/words.js';
import { anyOf, type Finding, type Reason } from './finding.js';
import { type Grant, literalOf } from './reading.js';
import type { Target } from './target.js';
import { type Key, type Said, tellAll } from './teller.js';

export const cedar: Target = {
  name: 'cedar',
  summary: 'policies of Cedar',
  systems: 'any',
  of: 'system',
  file: (reading) => `${reading.system.replace(/[^\w-]/g, '_')}.cedar`,
  write(reading) {
    const manner = {
      keeps: ['image', 'owner', 'phase', 'operation', 'message', 'title'] as const,
      refusing: 'wins' as const,
      say: sayRule,
    };
    const findings = reading.subjects.flatMap((subject) => tellAll(subject, manner));
    return { text: policies(printable(reading.file), findings), findings };
  },
};

const CONTROL = /[^\x20-\x7e]/gu;

/** Text in quotes; `star` for the right side of `like`. */
export function quoted(text: string, star = false): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(CONTROL, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
  return `"${star ? escaped.replaceAll('*', '\\*') : escaped}"`;
}

interface Condition {
  text: string;
  wider: Reason[];
}

/** What holds of a name: equal, or like something with stars; a single {name} keeps separators out. */
function nameCondition(pattern: Pattern, fold: boolean): Condition {
  const attribute = fold ? 'context.folded' : 'context.name';
  const spelt = fold ? pattern.map((part) => (typeof part === 'string' ? foldName(part) : part)) : pattern;
  const literal = literalOf(spelt);
  if (literal !== null) return { text: `${attribute} == ${quoted(literal)}`, wider: [] };
  const like = (inside: string) => {
    const texts = spelt.map((part) => (typeof part === 'string' ? quoted(part, true).slice(1, -1) : inside));
    return `${attribute} like "${texts.join('')}"`;
  };
  const tokens = spelt.filter((part) => typeof part !== 'string');
  if (tokens.every(({ token }) => token === 'rest')) return { text: like('*'), wider: [] };
  if (tokens.length === 1 && tokens[0]!.token === 'name') {
    const empty = quoted(spelt.filter((part) => typeof part === 'string').join(''));
    const without = ['/', '\\\\', ':'].map((mark) => `!(${like(`*${mark}*`)})`);
    return { text: [like('*'), `${attribute} != ${empty}`, ...without].join(' && '), wider: [] };
  }
  const wide = tokens.filter(({ token }) => token !== 'rest').map((part) => anyOf(part));
  return { text: like('*'), wider: wide };
}

const bitsOf = (access: number): string[] =>
  Object.entries(ACCESS)
    .filter(([, bit]) => (access & bit) !== 0)
    .map(([word]) => quoted(word));

function sayRule({ op, rule }: Grant): Said {
  const name = nameCondition(rule.object, rule.fold);
  const args = rule.args?.map(literalOf);
  const conditions = [
    name.text,
    ...(rule.fromImage === null ? [] : [`context has image && context.image == ${quoted(rule.fromImage)}`]),
    ...(rule.toImage === null ? [] : [`context has peerImage && context.peerImage == ${quoted(rule.toImage)}`]),
    ...(rule.phase === null ? [] : [`context has phase && context.phase == ${quoted(rule.phase)}`]),
    ...(rule.operation === null ? [] : [`context has operation && context.operation == ${quoted(rule.operation)}`]),
    ...(rule.message === null ? [] : [`context has message && context.message == ${quoted(rule.message)}`]),
    ...(rule.title === null ? [] : [`context has title && context.title == ${quoted(rule.title)}`]),
    ...(rule.access === 0 ? [] : [`[${bitsOf(rule.access).join(', ')}].containsAll(context.access)`]),
    // A list of words as one text: JSON, so that a word's end cannot be feigned.
    ...(args && !args.includes(null) ? [`context has argv && context.argv == ${quoted(JSON.stringify(args))}`] : []),
  ];
  const effect = rule.allow ? 'permit' : 'forbid';
  const keeps: Key[] = args && !args.includes(null) ? ['args'] : [];
  return {
    says: [
      `${effect} (`,
      `  principal == Shuttle::Place::${quoted(rule.from)},`,
      `  action == Shuttle::Action::${quoted(op)},`,
      `  resource == Shuttle::Place::${quoted(rule.to)}`,
      `) when { ${conditions.join(' && ')} };`,
    ],
    wider: name.wider,
    keeps,
  };
}

function policies(file: string, findings: readonly Finding[]): string {
  const head = [
    `// Made by shuttle export from ${file}. What no policy permits is denied.`,
    '// Context of a request: name, folded (the name in upper case), access (a set of words); where known also image,',
    '// peerImage, phase, operation, message, title, argv (a JSON list).',
  ];
  const blocks = findings
    .filter(({ says }) => says.length > 0)
    .map(({ rule, op, says }) => [`@id(${quoted(`${rule} ${op}`)})`, ...says].join('\n'));
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}
