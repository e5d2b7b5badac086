// The narrowest reading: every name is a pattern of its own.
import type { Group, Shape } from './names.js';

export function literalShapes(group: Pick<Group, 'names'>): Shape[] {
  return group.names.map(({ name, sightings }) => ({
    pattern: [name],
    members: sightings.map(({ run }) => ({ name, run })),
  }));
}
