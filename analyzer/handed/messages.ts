// What channels of a run brought, message by message; the border of two is read as well, so that a name cut in two is seen
// whole.
import { join } from 'node:path';
import type { Data } from 'apache-arrow';
import { readTable } from '../../tracer/arrow/table.js';
import { readings } from './decode.js';

/** A row that opened a channel. */
export interface Channel {
  /** Who opened it, and who is at the other end. */
  vm: string;
  peer: string;
  op: string;
  name: string;
}

export interface Message {
  channel: Channel;
  /** The VM (or `host`, `net`) that sent it, and the one it came to. */
  sender: string;
  receiver: string;
  ts: number;
  /** All the texts it may be. */
  texts: string[];
}

const CARRIED = 512; // bytes of the message before

interface Rest {
  bytes: Uint8Array;
}

/** The messages of a run folder that came over `channels` to someone who `listens`, in the order of the record. */
export function* messagesOf(
  folder: string,
  channels: ReadonlyMap<number, Channel>,
  listens: (vm: string) => boolean,
): Generator<Message> {
  if (channels.size === 0) return;
  const rests = new Map<number, Rest>();
  for (const batch of readTable(join(folder, 'payloads.arrow'), 'payloads')) {
    const [numbers, times] = [
      batch.column('channel').values as Uint32Array,
      batch.column('ts').values as BigInt64Array,
    ];
    const [directions, sizes] = [
      batch.column('direction').values as Int8Array,
      batch.column('size').values as Uint32Array,
    ];
    const bytesAt = bytesOf(batch.column('bytes'));
    for (let row = 0; row < batch.rows; row++) {
      const channel = channels.get(numbers[row]!);
      if (channel === undefined) continue;
      const direction = directions[row]!;
      const [sender, receiver] = direction === 0 ? [channel.vm, channel.peer] : [channel.peer, channel.vm];
      if (!listens(receiver)) continue;
      const bytes = bytesAt(row);
      if (bytes.length === 0) continue;
      const key = numbers[row]! * 2 + direction;
      const before = rests.get(key)?.bytes;
      const texts = readings(bytes);
      // What goes on without a break may also be two things, so each message is read by itself first.
      if (before !== undefined) texts.push(...readings(joined(before, bytes.subarray(0, CARRIED))));
      if (bytes.length === sizes[row]) rests.set(key, { bytes: ending(before, bytes) });
      else rests.delete(key); // the rest of it was not kept, so the next does not go on from here
      yield { channel, sender, receiver, ts: Number(times[row]), texts };
    }
  }
}

/** The last bytes of what came so far. */
function ending(before: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (before === undefined || bytes.length >= CARRIED) return bytes.slice(-CARRIED);
  return joined(before, bytes).slice(-CARRIED);
}

function joined(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(before.length + bytes.length);
  whole.set(before);
  whole.set(bytes, before.length);
  return whole;
}

function bytesOf(data: Data): (row: number) => Uint8Array {
  const offsets = data.valueOffsets as Int32Array;
  const bytes = data.values as Uint8Array;
  return (row) => bytes.subarray(offsets[row], offsets[row + 1]);
}
