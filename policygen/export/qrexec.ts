// A policy of Qubes' qrexec for the whole system: who may ask whom for what. VMs become qubes of the same names.
import { printPattern } from '../../analyzer/pattern/text.js';
import { printable } from '../../native/contract/printable.js';
import { addressOf } from './address.js';
import { type Finding, reason } from './finding.js';
import { type Grant, literalOf } from './reading.js';
import type { Target } from './target.js';
import { baseFinding, type Said, tellAll } from './teller.js';

export const qrexec: Target = {
  name: 'qrexec',
  summary: 'a policy of Qubes OS',
  systems: 'any',
  of: 'system',
  file: (reading) => `30-shuttle-${reading.system.replace(/[^\w-]/g, '_')}.policy`,
  write(reading) {
    const names = reading.subjects.map(({ vm }) => vm.name);
    const rules = reading.subjects.flatMap((subject) =>
      tellAll(subject, { keeps: ['owner'], refusing: 'first', say: sayRule }),
    );
    const base = baseFinding(
      'nothing else between them',
      names.flatMap((from) => names.filter((to) => to !== from).map((to) => `* * ${from} ${to} deny`)),
    );
    const findings = [...rules, base];
    return { text: policy(printable(reading.file), findings), findings };
  },
};

function sayRule(grant: Grant): Said {
  const { op, rule } = grant;
  if (rule.to === 'host' || rule.to === 'net') return { unsaid: reason('NO_WORD', `${op} to ${rule.to}`) };
  switch (op) {
    case 'tcp.connect': {
      const { port, host, loopback } = addressOf(rule.object);
      const said = lineOf(grant, 'qubes.ConnectTCP', port === null ? '*' : `+${port}`);
      const wider = port === null ? [reason('ANY_PORT', rule.to)] : [];
      const any = host === null || loopback ? [] : [reason('ANY_OF', 'address of that qube')];
      return { says: [said], wider: [...wider, ...any] };
    }
    case 'program.start':
      return sayProgram(grant);
    case 'document.open':
      return sayAny(
        grant,
        /^[a-z][a-z0-9+.-]*:/i.test(literalOf(rule.object) ?? '') ? 'qubes.OpenURL' : 'qubes.OpenInVM',
      );
    case 'clipboard.read':
      return {
        says: [lineOf(grant, 'qubes.ClipboardPaste', '*')],
        wider: [reason('ANY_FORMAT', printPattern(rule.object))],
      };
    default:
      return { unsaid: reason('NO_WORD', op) };
  }
}

// A policy line's target is the one asked for; the owner of a clipboard is its source.
function lineOf({ op, rule }: Grant, service: string, argument: string): string {
  const [source, target] = op === 'clipboard.read' ? [rule.to, rule.from] : [rule.from, rule.to];
  return `${service} ${argument} ${source} ${target} ${rule.allow ? 'allow' : 'deny'}`;
}

const sayAny = (grant: Grant, service: string): Said => ({
  says: [lineOf(grant, service, '*')],
  wider: [reason('ANY_OF', `document, not ${printPattern(grant.rule.object)} alone`)],
});

const LONGEST = 64;

/** Arguments of qubes.VMExec: words joined by `+`, other characters as `-HH`, a dash doubled. */
const encoded = (word: string): string =>
  [...Buffer.from(word)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (char === '-') return '--';
      return /[A-Za-z0-9_.]/.test(char) ? char : `-${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

function sayProgram(grant: Grant): Said {
  const { rule } = grant;
  const words = [rule.object, ...(rule.args ?? [])].map(literalOf);
  const argument = rule.args === null || words.includes(null) ? null : words.map((word) => encoded(word!)).join('+');
  if (argument === null || argument.length > LONGEST)
    return {
      says: [lineOf(grant, 'qubes.VMExec', '*')],
      wider: [reason('ANY_OF', `program, not ${printPattern(rule.object)} alone`)],
      keeps: [],
    };
  return { says: [lineOf(grant, 'qubes.VMExec', `+${argument}`)], keeps: ['args'] };
}

function policy(file: string, findings: readonly Finding[]): string {
  const seen = new Set<string>();
  const lines = findings.flatMap(({ rule, object, says }) => {
    const own = says.filter((one) => !seen.has(one) && seen.add(one));
    return own.length === 0 ? [] : [`# ${rule ?? object}`, ...own];
  });
  return [`# Made by shuttle export from ${file}: who may ask whom for what.`, ...lines, ''].join('\n');
}
