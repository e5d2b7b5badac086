// What queries cost when a program on Node for Windows and PostgreSQL for Windows are in two VMs, against both in one plain
// Wine prefix.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findWine } from '../../tracer/windows/wine.js';
import { type Figure, figure, skipped } from '../figure.js';
import { Prefix } from '../plain_wine.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside } from '../timer.js';
import { Vms } from '../vms.js';
import { fixture, rule } from './windows_parts.js';

const NAME = 'pg-queries';
const TIMES = 2000;
const WAIT_S = 15; // of one try: the database makes its files meanwhile
const TRIES = 12;
const [PLAIN_PORT, OUR_PORT] = [5561, 5562];

export const windowsPostgres: Group = { names: [NAME], unit: '/s', measure };

/** A program that scripts/fetch_programs.mjs fetched. */
function fetched(name: string): string | null {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shuttle-programs');
  const found = existsSync(cache) ? readdirSync(cache).find((entry) => entry.startsWith(`${name}-`)) : undefined;
  return found === undefined ? null : join(cache, found);
}

async function measure({ lab, rounds, progress }: Bench): Promise<Figure[]> {
  const wine = findWine();
  const [postgres, node, client] = [fetched('postgresql-windows'), fetched('node-windows'), fetched('pg')];
  if (wine === null) return [skipped(NAME, '/s', 'Wine is not installed')];
  if (postgres === null || node === null || client === null)
    return [skipped(NAME, '/s', 'the programs are not there: node scripts/fetch_programs.mjs orders')];

  const paths = { postgres, node, client, app: dirname(fixture('node/queries.cjs')) };
  const plain = new Prefix(lab, wine, 'postgres', environment(windowsPath(join(client, 'node_modules')), PLAIN_PORT));
  const vms = await Vms.open(lab, settingOf(paths), progress);
  const theirs = [join(node, 'node.exe'), join(paths.app, 'queries.cjs'), String(TIMES), String(WAIT_S)];
  try {
    await plain.print('winecfg', '-v', 'win10');
    const data = join(lab.room('postgres-data'), 'db');
    plain.keep('cmd', '/c', making(windowsPath(postgres), windowsPath(data), PLAIN_PORT));
    await vms.start('db', undefined, 'served');
    await patiently(() => plain.print(...theirs));
    await patiently(() => vms.print('app'));
    const found = await interleave(rounds(5), {
      plain: async () => perSecond(await plain.print(...theirs)),
      ours: async () => perSecond(await vms.print('app')),
    });
    const said = 'queries of one connection; against both in one plain prefix';
    return [figure(NAME, '/s', { ours: found.ours, theirs: found.plain }, said, { of: 'ratio', least: 0.7 })];
  } finally {
    await plain.close();
    await vms.close();
  }
}

const perSecond = (printed: string): number => (TIMES * 1000) / inside(printed);
const windowsPath = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

// Makes the database's files and starts it. postgres.exe itself refuses an administrator.
const making = (postgres: string, data: string, port: number): string =>
  `${postgres}\\bin\\initdb.exe -D ${data} -U postgres -A trust -E UTF8 --no-locale --no-sync && ` +
  `${postgres}\\bin\\pg_ctl.exe start -D ${data} -o -p${port}`;

const environment = (modules: string, port: number): Record<string, string> => ({
  NODE_PATH: modules,
  PGHOST: '127.0.0.1',
  PGPORT: String(port),
});

function settingOf(paths: Record<'postgres' | 'node' | 'client' | 'app', string>) {
  return {
    mode: 'enforce',
    rules: [rule('database', ['tcp.connect'], 'app', 'db', `127.0.0.1:${OUR_PORT}`)],
    vms: [
      {
        name: 'db',
        windows: 'win10',
        mounts: { 'C:\\pgsql': paths.postgres },
        program: ['C:\\windows\\system32\\cmd.exe', '/c', making('C:\\pgsql', 'C:\\data', OUR_PORT)],
      },
      {
        name: 'app',
        windows: 'win10',
        mounts: { 'C:\\node': paths.node, 'C:\\pg': paths.client, 'C:\\app': paths.app },
        env: environment('C:\\pg\\node_modules', OUR_PORT),
        program: ['C:\\node\\node.exe', 'C:\\app\\queries.cjs', String(TIMES), String(WAIT_S)],
      },
    ],
  } as const;
}

async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
