import type { Values } from '../../../policygen/export/reading.js';

/** A machine that is the same everywhere. */
export const valuesOf = (): Values => ({
  user: 'ann',
  uid: '1000',
  host: 'lab7',
  home: '/home/ann',
  temp: '/tmp',
  session: '1',
});
