import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { printable } from '../../native/contract/printable.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { commitLayer } from '../../tracer/vm/layer_diff.js';
import {
  copyLayer,
  type LayerInfo,
  type LayerKind,
  listLayers,
  removeLayer,
  resetLayer,
} from '../../tracer/vm/layers.js';
import { protectedNames } from '../../tracer/vm/protected.js';
import { stateFolder } from '../../tracer/vm/state.js';
import { document, line, note, table } from '../print.js';
import type { VmOptions } from '../vm.js';
import { bringable, changesOf, meantPath } from './changes.js';

type Action = 'list' | 'diff' | 'commit' | 'copy' | 'reset' | 'remove';

/** Does one thing with the layers that are named: `words` are a system file, a VM, and for commit paths. */
export async function layers(action: Action, words: (string | undefined)[], options: VmOptions): Promise<number> {
  const [file, vm, ...paths] = words;
  const found = listLayers(stateFolder()).filter(
    (one) =>
      (file === undefined || one.systemFile === resolve(file)) &&
      (vm === undefined || one.vm === vm) &&
      (!options.gone || one.gone) &&
      (options.layer === undefined || action === 'copy' || one.kind === options.layer),
  );
  if (action === 'remove' && file === undefined && !options.gone) throw new ShuttleError({ code: 'LAYER_UNNAMED' });
  if (action === 'list') return list(found, options);
  if (found.length === 0 && action !== 'remove')
    throw new ShuttleError({ code: 'LAYER_NONE', file: file ?? '', vm: vm ?? null, known: vmsOf(file ?? '') });
  if (action === 'diff') return diff(found, file ?? '', options);
  if (action === 'commit')
    return commit(
      one(found),
      file ?? '',
      paths.filter((path) => path !== undefined),
      options,
    );
  if (action === 'copy') return copy(found, options);
  for (const layer of found) (action === 'reset' ? resetLayer : removeLayer)(layer);
  return tell(action, found, options);
}

const vmsOf = (file: string): string[] =>
  listLayers(stateFolder()).flatMap(({ systemFile, vm }) => (systemFile === resolve(file) ? [vm] : []));

const inShort = ({ systemFile, vm, kind, created, usedBy, gone, folder }: LayerInfo) => ({
  system_file: systemFile,
  vm,
  layer: kind,
  created,
  used_by: usedBy,
  gone,
  folder,
});

function list(found: LayerInfo[], options: VmOptions): number {
  if (options.json) document(found.map(inShort));
  else {
    const rows = found.map((one) => [
      one.vm,
      one.kind,
      one.usedBy !== null ? `in use (${one.usedBy})` : one.gone ? 'file gone' : '',
      one.systemFile,
    ]);
    for (const text of table(['vm', 'layer', 'state', 'system file'], rows)) line(text);
    if (found.some((one) => one.gone)) note('of system files that are gone: shuttle vm remove --gone');
  }
  return 0;
}

/** Of a VM's two layers the one that enforces, unless --layer says otherwise. */
const one = (found: readonly LayerInfo[]): LayerInfo =>
  (found.find((layer) => layer.kind === 'enforce') ?? found[0]) as LayerInfo;

function diff(found: LayerInfo[], file: string, options: VmOptions): number {
  const changes = found.flatMap((layer) =>
    changesOf(layer, file).map(({ ownDrive, ...change }) => ({
      vm: layer.vm,
      layer: layer.kind,
      ...change,
      host: ownDrive ? null : change.host,
    })),
  );
  if (options.json) document(changes);
  else
    for (const text of table(
      ['vm', 'layer', 'what', 'bytes', 'path'],
      changes.map((each) => [each.vm, each.layer, each.what, String(each.bytes), each.name]),
    ))
      line(text);
  return 0;
}

function commit(layer: LayerInfo, file: string, paths: string[], options: VmOptions): number {
  const only = paths.length === 0 ? undefined : paths.map(meantPath);
  const changes = bringable(changesOf(layer, file), only, options.to).map(({ ownDrive: _, ...change }) => change);
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const hidden = protectedNames(homedir(), [stateFolder()]);
  const done = commitLayer(layer.folder, changes, owner, hidden, only);
  if (options.json) document({ vm: layer.vm, layer: layer.kind, committed: done });
  else for (const change of done) line(`${change.what.padEnd(8)} ${printable(change.host)}`);
  return 0;
}

function copy(found: LayerInfo[], options: VmOptions): number {
  const from: LayerKind = options.layer ?? 'learn';
  const to: LayerKind = from === 'learn' ? 'enforce' : 'learn';
  const sources = found.filter((layer) => layer.kind === from);
  for (const { systemFile, vm, ...rest } of sources)
    copyLayer(stateFolder(), { systemFile, vm, ...rest }, { systemFile, vm, kind: to });
  return tell(`copied to ${to}`, sources, options);
}

function tell(what: string, found: readonly LayerInfo[], options: VmOptions): number {
  if (options.json) document({ done: what, layers: found.map(inShort) });
  else for (const { vm, kind } of found) note(`${what}: ${vm} (${kind})`);
  return 0;
}
