// Which files learning left in the VMs' private layers.
import { resolve } from 'node:path';
import { listLayers } from '../../tracer/vm/layers.js';
import { stateFolder } from '../../tracer/vm/state.js';
import { askRun } from '../run/ask_run.js';
import { bringable, changesOf } from '../vm/changes.js';

export interface Changed {
  vm: string;
  object: string;
}

/**
 * Files that `vm commit` can bring to the host: what programs change in their own folder or their mounts is in no row of
 * the record. Folders count by what is in them.
 */
export function changedInLayers(file: string): Changed[] {
  return listLayers(stateFolder())
    .filter((layer) => layer.systemFile === resolve(file) && layer.kind === 'learn')
    .flatMap((layer) =>
      bringable(changesOf(layer, file), undefined)
        .filter(({ kind, what }) => what === 'deleted' || kind === 'file' || kind === 'link')
        .map(({ name }) => ({ vm: layer.vm, object: name })),
    );
}

/** The same where no layer was kept: outside files that a run changed, by its record. */
export const changedInRun = (run: string): Promise<Changed[]> => askRun<Changed>(run, 'models/changed');
