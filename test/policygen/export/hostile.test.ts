// Whatever a name holds, no export says more than that name: each format is read back by its own reader, or by one
// written here after its manual, and what is not said must be told as unsaid.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Op } from '../../../native/contract/words.js';
import { exportSystem } from '../../../policygen/export/export.js';
import type { Finding } from '../../../policygen/export/finding.js';
import { windowsWord } from '../../../policygen/export/mxc.js';
import { commandWord, environmentWord, oneLine, pathWord } from '../../../policygen/export/systemd/quote.js';
import { TARGETS } from '../../../policygen/export/targets.js';
import type { SystemFile } from '../../../policygen/file/model.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';
import { printFlow } from '../../../policygen/file/scalar.js';
import { valuesOf } from './values.js';

const cedar = createRequire(import.meta.url)(
  '@cedar-policy/cedar-wasm/nodejs',
) as typeof import('@cedar-policy/cedar-wasm/nodejs');

const SPITE = [
  '"',
  "'",
  '\\',
  '`',
  '$',
  '$(x)',
  '%',
  '%h',
  '\n',
  '\r',
  '\0',
  '\t',
  ' ',
  ',',
  ';',
  ':',
  '=',
  '#',
  '*',
  '**',
  '?',
  '[',
  ']',
  '{',
  '}',
  '^',
  '@{HOME}',
  '}\nprofile x {\n/** rw,\n',
  '\n[Service]\n',
  '\nExecStart=/bin/sh\n',
  ' rw,\n',
  '"; permit(principal,action,resource);//',
  '<script>',
  '\u202e',
  '\u2028',
  'é',
  'ж',
  '😀',
  '-',
  '--rw',
  '..',
  '%n',
  '\\u{22}',
  '\\"',
  '\\\n',
];
const piece = fc.oneof(fc.constantFrom(...SPITE), fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b/c', 'x.y'));
const nameOf = (head: string) =>
  fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => `${head}${parts.join('')}`);
const paths = nameOf('/srv/');
const runs = { numRuns: 150 };

const hasControl = (text: string): boolean => [...text].some((char) => char < ' ');
const doubled = (text: string) => text.replace(/[{}]/g, '$&$&');

function system(program: string, op: Op, objects: readonly string[], to = 'host'): SystemFile {
  const lines = [
    'shuttle: 1',
    'system: s',
    'main: app',
    'vms:',
    `  app: { program: [${JSON.stringify(program)}] }`,
    '  db: { program: [/opt/db] }',
    'rules:',
  ];
  const rules = objects.map(
    (object, at) => `  - ${printFlow({ id: `r${at}`, allow: op, from: 'app', to, object: doubled(object) })}`,
  );
  return parseSystemFile([...lines, ...rules].join('\n'), '/srv/s.shuttle.yaml');
}

const LINUX = '/opt/app';
const WINDOWS = 'C:\\app.exe';

function made(
  target: string,
  op: Op,
  objects: readonly string[],
  program = LINUX,
  to = 'host',
): { text: string; found: (id: string) => Finding } {
  const file = system(program, op, objects, to);
  const { exports } = exportSystem(file, TARGETS.find(({ name }) => name === target)!, { valuesOf, vm: 'app' });
  const { text, findings } = exports[0]!;
  return { text, found: (id) => findings.find(({ rule }) => rule === id)! };
}

/** As a benign name has it, but for the lines of the rule itself. */
function sameShape(
  target: string,
  op: Op,
  name: string,
  benign: string,
  program = LINUX,
): { lines: string[]; finding: Finding } {
  const { text, found } = made(target, op, [name], program);
  const plain = made(target, op, [benign], program);
  const finding = found('r0');
  const own = new Set(finding.says.flatMap((one) => one.split('\n')));
  const rest = (all: string, says: Iterable<string>) => {
    const skip = new Set([...says].map((one) => one.trim()));
    return all.split('\n').filter((one) => !skip.has(one.trim()) && one.trim() !== '# r0' && one.trim() !== '');
  };
  expect(rest(text, own)).toEqual(rest(plain.text, plain.found('r0').says));
  return { lines: finding.says.flatMap((one) => one.split('\n')), finding };
}

test('AppArmor: one line, whose name read back is the name', () => {
  fc.assert(
    fc.property(paths, (name) => {
      const { lines, finding } = sameShape('apparmor', 'file.read', name, '/srv/plain');
      if (finding.fidelity === 'unsaid') return;
      expect(lines).toHaveLength(1);
      const quoted = /^"((?:[^"\\]|\\.)*)" rmkix,$/.exec(lines[0]!);
      expect(quoted?.[1]?.replace(/\\(.)/gsu, '$1')).toBe(name);
      // What is not escaped means itself.
      expect(quoted![1]!.replace(/\\./gsu, '')).not.toMatch(/[*?[\]{}^,"\\\n]/);
    }),
    runs,
  );
});

test('systemd: lists of paths hold the path, commands and variables the words', () => {
  fc.assert(
    fc.property(paths, (name) => {
      const { lines, finding } = sameShape('systemd', 'file.read', name, '/srv/plain');
      if (finding.fidelity === 'unsaid') return;
      expect(lines).toHaveLength(1);
      const word = /^BindReadOnlyPaths=(?:"-([^"'\\\n]*)"|-([\w@%+=,./~-]*))$/.exec(lines[0]!);
      expect((word?.[1] ?? word?.[2])?.replaceAll('%%', '%')).toBe(name);
    }),
    runs,
  );
  fc.assert(
    fc.property(nameOf(''), fc.nat(3), (text, at) => {
      for (const word of [commandWord(text, at), environmentWord(text)]) {
        expect(hasControl(word)).toBe(false);
        if (word.startsWith('"')) expect(word).toMatch(/^"(?:[^"\\]|\\.)*"$/s);
        else expect(word).toMatch(/^[^\s"'\\;]+$/);
      }
      expect(oneLine(text)).not.toMatch(/[\n\r\\]/);
      expect(oneLine(text).replaceAll('%%', '')).not.toContain('%');
      expect(pathWord(text) ?? '').not.toMatch(/["'\\\n].*["'\\\n].*["'\\\n]/s);
    }),
    runs,
  );
});

describe('scripts, as sh reads them', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shuttle-export-'));
    for (const name of ['landrun', 'flatpak', 'xdg-dbus-proxy']) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\0' ${name} "$@" ''\nprintf '\\1'\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The commands that a script calls, each with its words. */
  function called(script: string): string[][] {
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const done = spawnSync('/bin/sh', ['-s', 'org.example.App'], {
      input: script.replace(/^cd .*$/m, ''),
      env,
      encoding: 'utf8',
      cwd: folder,
    });
    expect(done.stderr).toBe('');
    return done.stdout
      .split('\x01')
      .filter((one) => one !== '')
      .map((one) => one.split('\0').slice(0, -2));
  }

  test.each([
    ['landlock', (name: string) => ['--rox', name]],
    ['flatpak', (name: string) => [`--filesystem=${name}:ro`]],
  ] as const)('%s', (target, wordsOf) => {
    const plain = called(made(target, 'file.read', []).text);
    fc.assert(
      fc.property(fc.uniqueArray(paths, { minLength: 1, maxLength: 12 }), (names) => {
        const { text, found } = made(target, 'file.read', names);
        const said = names.filter((_, at) => found(`r${at}`).fidelity !== 'unsaid');
        const calls = called(text);
        expect(calls).toHaveLength(plain.length);
        const words = calls.flat();
        const expected = [...plain.flat(), ...said.flatMap(wordsOf)];
        expect(words.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 25 },
    );
  });

  test('D-Bus names, as comments and as words', () => {
    const odd = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('').replaceAll(' ', ''));
    const plain = called(made('flatpak', 'dbus.call', []).text).flat();
    fc.assert(
      fc.property(odd, odd, (path, member) => {
        const { text, found } = made('flatpak', 'dbus.call', [`session:org.a.B /p${path} org.a.M${member}`]);
        const extra = found('r0').fidelity === 'unsaid' ? [] : ['--talk-name=org.a.B'];
        expect(called(text).flat().toSorted()).toEqual([...plain, ...extra].toSorted());
      }),
      { numRuns: 40 },
    );
  });
});

test('JSON of MXC and our own holds the name as a value', () => {
  fc.assert(
    fc.property(paths, (name) => {
      const { text, found } = made('mxc', 'file.read', [name]);
      const { filesystem, ...rest } = JSON.parse(text);
      const plain = JSON.parse(made('mxc', 'file.read', []).text);
      const said = found('r0').fidelity === 'unsaid' ? [] : [name];
      expect(filesystem.readonlyPaths).toEqual([...plain.filesystem.readonlyPaths, ...said]);
      expect({ ...plain, filesystem }).toEqual({ ...rest, filesystem });
      const [rule] = JSON.parse(made('json', 'file.read', [name]).text).rules;
      expect(rule.pattern).toEqual([name]);
    }),
    runs,
  );
});

test('a Windows command line gives its words back', () => {
  fc.assert(
    fc.property(nameOf(''), (word) => {
      fc.pre(!word.includes('\0'));
      expect(windowsWords(`x.exe ${windowsWord(word)}`)).toEqual(['x.exe', word]);
    }),
    runs,
  );
});

/** The rules of CommandLineToArgvW. */
function windowsWords(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  let any = false;
  for (let at = 0; at < line.length; ) {
    const slashes = /^\\*/.exec(line.slice(at))![0].length;
    const next = line[at + slashes];
    if (slashes > 0 && next === '"') {
      word += '\\'.repeat(slashes >> 1) + (slashes % 2 ? '"' : '');
      any = true;
      at += slashes + (slashes % 2);
    } else if (slashes > 0) {
      word += '\\'.repeat(slashes);
      at += slashes;
    } else if (next === '"') {
      quoted = !quoted;
      any = true;
      at++;
    } else if (!quoted && /\s/.test(next!)) {
      if (any || word !== '') words.push(word);
      [word, any] = ['', false];
      at++;
    } else {
      word += next;
      at++;
    }
  }
  return any || word !== '' ? [...words, word] : words;
}

test('Sandboxie: one setting, without another name or variable in it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<[Op, string]>(
        ['file.read', 'C:\\'],
        ['mutex.open', 'Local\\'],
        ['pipe.connect', '\\\\.\\pipe\\'],
        ['window.send', 'W'],
      ),
      nameOf(''),
      ([op, head], tail) => {
        const { lines, finding } = sameShape('sandboxie', op, head + tail, `${head}plain`, WINDOWS);
        if (finding.fidelity === 'unsaid') return;
        expect(lines).toHaveLength(1);
        const [, value = ''] = /^\w+=(.*)$/s.exec(lines[0]!)!;
        expect(value.endsWith(tail)).toBe(true);
        expect(value.replace('\\Sessions\\*\\', '')).not.toMatch(/[%*?,]/);
        expect(hasControl(value)).toBe(false);
      },
    ),
    runs,
  );
});

test('qrexec: lines of five words', () => {
  fc.assert(
    fc.property(nameOf('/opt/'), (name) => {
      for (const op of ['program.start', 'document.open', 'tcp.connect', 'clipboard.read'] as const) {
        const { text } = made('qrexec', op, [op === 'tcp.connect' ? `127.0.0.1:${name}` : name], LINUX, 'db');
        for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#')))
          expect(line).toMatch(/^(\*|qubes\.\w+) (\*|\+[\w.+-]*) (app|db) (app|db) (allow|deny)$/);
      }
    }),
    runs,
  );
});

describe('Cedar, as its own engine decides', () => {
  const decide = (text: string, name: string) => {
    const answer = cedar.isAuthorized({
      principal: { type: 'Shuttle::Place', id: 'app' },
      action: { type: 'Shuttle::Action', id: 'file.read' },
      resource: { type: 'Shuttle::Place', id: 'host' },
      context: { name, folded: name, access: [] },
      policies: { staticPolicies: text },
      entities: [],
    });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision;
  };

  test('a name is let through, and no other', () => {
    fc.assert(
      fc.property(paths, paths, (name, other) => {
        const { text } = made('cedar', 'file.read', [name]);
        expect(decide(text, name)).toBe('allow');
        fc.pre(other !== name);
        expect(decide(text, other)).toBe('deny');
        expect(decide(text, `${name}x`)).toBe('deny');
      }),
      runs,
    );
  });

  test('{name} keeps separators out, {rest} does not', () => {
    fc.assert(
      fc.property(paths, fc.string({ minLength: 1, maxLength: 5 }), (head, inside) => {
        const file = (token: string) => {
          const rule = {
            id: 'r0',
            allow: 'file.read',
            from: 'app',
            to: 'host',
            object: `${doubled(head)}/{${token}}.x`,
          };
          const lines = [
            'shuttle: 1',
            'system: s',
            'main: app',
            'vms:',
            '  app: { program: [/opt/app] }',
            'rules:',
            `  - ${printFlow(rule)}`,
          ];
          const target = TARGETS.find(({ name }) => name === 'cedar')!;
          return exportSystem(parseSystemFile(lines.join('\n'), '/srv/s.shuttle.yaml'), target, { valuesOf })
            .exports[0]!.text;
        };
        const name = `${head}/${inside}.x`;
        expect(decide(file('rest'), name)).toBe('allow');
        expect(decide(file('name'), name)).toBe(/[\\/:]/.test(inside) ? 'deny' : 'allow');
        expect(decide(file('name'), `${head}/.x`)).toBe('deny');
      }),
      runs,
    );
  });
});
