// Whatever a name holds, no export says more than that name: each format is read back by its own reader, or by one
// written here after its manual, and what is not said must be told as unsaid.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Op } from '../../../native/contract/words.js';
import { windowsWord } from '../../../policygen/export/mxc.js';
import { commandWord, environmentWord, oneLine, pathWord } from '../../../policygen/export/systemd/quote.js';
import { hasControl, LINUX, made, nameOf, paths, piece, runs, sameShape, WINDOWS } from './spite.js';

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
