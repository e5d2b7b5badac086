// The pieces of a text that can come back in a name: numbers, guids, words. A name and a message are cut alike, so that a
// piece of one is found in the other by looking it up.

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const PIECES = new RegExp(`(?<![\\p{L}\\p{N}])${GUID}(?![\\p{L}\\p{N}])|[\\p{L}\\p{N}]+`, 'gu');
// `conn1234`, `1234th`: not the digits that happen to stand in hex.
const NUMBERED = /^(?:\p{L}+([0-9]+)|([0-9]+)\p{L}+)$/u;

/** Shorter ones come back by chance. */
const SHORTEST = 3;
const LONGEST = 128;

/** The pieces of `text` from its start to its end, numbers within words as well. */
export function* piecesOf(text: string): Generator<string> {
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece.length >= SHORTEST && piece.length <= LONGEST) yield piece;
    const [, after, before] = NUMBERED.exec(piece) ?? [];
    const number = after ?? before;
    if (number !== undefined && number.length >= SHORTEST && number.length <= LONGEST) yield number;
  }
}
