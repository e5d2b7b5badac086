// What others make of as many events, where they are installed.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importTrace } from '../../analyzer/import/import.js';
import { inferRules } from '../../analyzer/infer.js';
import { type Figure, figure, skipped } from '../figure.js';
import type { Bench, Group } from '../row.js';

const EVENTS = 20_000;
const FILES = 200;
const PROFILE = 'shop';

// aa-logprof itself wants AppArmor to be on in the kernel; what it does then is this. It asks about each name.
const LOGPROF = `
import os, sys, time
import apparmor.aa as aa, apparmor.ui as ui
ui.set_json_mode()
aa.init_aa(confdir=os.environ.get('APPARMOR_CONFDIR', '/etc/apparmor'), profiledir=sys.argv[1])
aa.set_logfile(sys.argv[2])
aa.loadincludes()
aa.read_profiles(True)
began = time.time()
try: aa.do_logprof_pass('')
except EOFError: pass
sys.stderr.write('seconds %f\\n' % (time.time() - began))
`;
const ALLOW = '{"dialog":"promptuser","response_key":"a","selected":0}\n';

export const others: Group = {
  names: ['infer-aa-logprof', 'infer-audit2allow'],
  unit: 's',
  async measure({ lab }: Bench): Promise<Figure[]> {
    return [await besideLogprof(lab.room('infer-aa-logprof')), await besideAudit2allow()];
  },
};

async function besideLogprof(room: string): Promise<Figure> {
  try {
    await promisify(execFile)('python3', ['-c', 'import apparmor.aa, LibAppArmor']);
  } catch {
    return skipped('infer-aa-logprof', 's', 'apparmor-utils is not installed');
  }
  const [log, profiles] = [join(room, 'audit.log'), join(room, 'profiles')];
  for (const folder of ['abstractions', 'tunables']) mkdirSync(join(profiles, folder), { recursive: true });
  writeFileSync(join(profiles, PROFILE), `profile ${PROFILE} /opt/${PROFILE} flags=(complain) {\n}\n`);
  writeFileSync(log, Array.from({ length: EVENTS }, (_, n) => recordOf(n)).join(''));
  const began = process.hrtime.bigint();
  const { rules } = await inferRules([await importTrace(log, join(room, 'runs'), 0, 'shop')]);
  const ours = Number(process.hrtime.bigint() - began) / 1e9;
  const note = `${EVENTS} events of ${FILES} files, log to ${rules.length} rules; theirs, with every question answered at once`;
  return figure('infer-aa-logprof', 's', { ours, theirs: await logprof(profiles, log) }, note);
}

function recordOf(n: number): string {
  const what = `operation="open" profile="${PROFILE}" name="/srv/data/${n % FILES}.txt" pid=100 comm="${PROFILE}"`;
  const stamp = `audit(1700000000.${String(n % 1000).padStart(3, '0')}:${n})`;
  return `type=AVC msg=${stamp}: apparmor="ALLOWED" ${what} requested_mask="r" denied_mask="r" fsuid=1000 ouid=1000\n`;
}

/** Seconds from its log to the last question. */
function logprof(profiles: string, log: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', LOGPROF, profiles, log], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.stdin.on('error', () => {}); // it may end before all is read
    child.on('error', reject);
    child.on('close', () => {
      const [, seconds] = /seconds ([\d.]+)/.exec(said) ?? [];
      if (seconds === undefined) reject(new Error(said.trim().split('\n').at(-1)));
      else resolve(Number(seconds));
    });
    child.stdin.end(ALLOW.repeat(FILES));
  });
}

async function besideAudit2allow(): Promise<Figure> {
  try {
    await promisify(execFile)('audit2allow', ['--version']);
  } catch {
    return skipped('infer-audit2allow', 's', 'audit2allow is not installed');
  }
  return skipped('infer-audit2allow', 's', 'it reads a policy that only SELinux machines have');
}
