import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addon } from '../../native/engine.js';
import { message, name, question, record, u16 } from '../dns_bytes.js';

const { net } = addon();
const asked = (host: string, type = 1, more: Buffer[] = []) =>
  message({ id: 7, flags: 0x0100, questions: [question(host, type)], more });

describe('queries', () => {
  test.each([
    [
      'plain',
      asked('Example.COM'),
      { id: 7, name: 'example.com', type: 'A', room: 512, recursion: true, extended: false },
    ],
    ['service', asked('_sip._udp.example.com', 33), { name: '_sip._udp.example.com', type: 'SRV' }],
    ['root', asked(''), { name: '' }],
    [
      'bytes of no host name',
      message({
        id: 7,
        flags: 0x100,
        questions: [Buffer.concat([Buffer.from('\x03a.\xff\x00', 'latin1'), u16(1), u16(1)])],
      }),
      { name: 'a\\x2e\\xff' },
    ],
    ['an unheard-of type', asked('a', 65), { type: 'TYPE65' }],
    [
      'with room for more',
      asked('a', 28, [record('', 41, 1232, 0x8000, Buffer.alloc(0))]),
      { type: 'AAAA', room: 1232, extended: true },
    ],
    ['with too little room', asked('a', 28, [record('', 41, 5, 0, Buffer.alloc(0))]), { room: 512 }],
  ])('%s', (_, bytes, expected) => expect(net.dnsQuery(bytes)).toMatchObject(expected));

  test.each([
    ['nothing', Buffer.alloc(0), 1],
    ['half a header', Buffer.alloc(11), 1],
    ['a reply', message({ id: 1, flags: 0x8000, questions: [question('a', 1)] }), 1],
    ['an update', message({ id: 1, flags: 0x2800, questions: [question('a', 1)] }), 4],
    ['no question', message({ id: 1, flags: 0, questions: [] }), 1],
    ['two questions', message({ id: 1, flags: 0, questions: [question('a', 1), question('b', 1)] }), 1],
    ['class CHAOS', message({ id: 1, flags: 0, questions: [question('a', 1, 3)] }), 5],
    ['a name that points at itself', message({ id: 1, flags: 0, questions: [Buffer.from([0xc0, 12, 0, 1, 0, 1])] }), 1],
    ['a name that points forward', message({ id: 1, flags: 0, questions: [Buffer.from([0xc0, 40, 0, 1, 0, 1])] }), 1],
    [
      'two names that point at each other',
      message({ id: 1, flags: 0, questions: [Buffer.from([1, 97, 0xc0, 12, 0, 1, 0, 1])] }),
      1,
    ],
    [
      'a label of a kind that is none',
      message({ id: 1, flags: 0, questions: [Buffer.from([0x80, 1, 0, 1, 0, 1])] }),
      1,
    ],
    ['a name that is cut', message({ id: 1, flags: 0, questions: [Buffer.from([9, 97])] }), 1],
    [
      'a name that is too long',
      message({
        id: 1,
        flags: 0,
        questions: [Buffer.concat([name(Array(5).fill('x'.repeat(60)).join('.')), u16(1), u16(1)])],
      }),
      1,
    ],
    ['a record that is missing', message({ id: 1, flags: 0, questions: [question('a', 1)], count: { more: 1 } }), 1],
  ])('%s is refused', (_, bytes, code) => expect(net.dnsQuery(bytes)).toBe(code));
});

describe('answers', () => {
  const query = asked('www.example.com');
  const pointer = Buffer.from([0xc0, 12]);
  const address = (bytes: number[], owner: Buffer | string = pointer) =>
    record(owner, bytes.length === 4 ? 1 : 28, 1, 60, Buffer.from(bytes));
  const reply = (parts: Parameters<typeof message>[0]) =>
    message({ id: 7, flags: 0x8180, questions: [question('www.example.com', 1)], ...parts });

  test.each([
    [
      'one address',
      reply({ answers: [address([10, 1, 2, 3])] }),
      { code: 0, truncated: false, addresses: ['10.1.2.3'] },
    ],
    [
      'an alias and its address',
      reply({
        answers: [record(pointer, 5, 1, 60, name('cdn.example.net')), address([10, 0, 0, 1], 'cdn.example.net')],
      }),
      { code: 0, truncated: false, addresses: ['10.0.0.1'] },
    ],
    [
      'six',
      reply({ answers: [address([...Array(15).fill(0), 9])] }),
      { code: 0, truncated: false, addresses: ['::9'] },
    ],
    [
      'an address of a wrong size',
      reply({ answers: [record(pointer, 1, 1, 60, Buffer.alloc(5))] }),
      { code: 0, truncated: false, addresses: [] },
    ],
    ['no such name', reply({ flags: 0x8183 }), { code: 3, truncated: false, addresses: [] }],
    ['cut', reply({ flags: 0x8380, count: { answers: 4 } }), { code: 0, truncated: true, addresses: [] }],
    [
      'letters of other case',
      reply({ questions: [question('WWW.example.com', 1)] }),
      { code: 0, truncated: false, addresses: [] },
    ],
    ['another id', reply({ id: 8 }), null],
    ['another question', reply({ questions: [question('evil.example.com', 1)] }), null],
    ['another type', reply({ questions: [question('www.example.com', 28)] }), null],
    ['a query', reply({ flags: 0x0100 }), null],
    ['records that are missing', reply({ count: { answers: 3 } }), null],
  ])('%s', (_, bytes, expected) => expect(net.dnsReply(query, bytes)).toEqual(expected));

  test('the engine answers with addresses of the family that was asked for', () => {
    const all = ['10.1.2.3', '::1', '10.1.2.4'];
    expect(net.dnsReply(query, net.dnsAnswer(query, 0, all)!)?.addresses).toEqual(['10.1.2.3', '10.1.2.4']);
    const six = asked('www.example.com', 28);
    expect(net.dnsReply(six, net.dnsAnswer(six, 0, all)!)?.addresses).toEqual(['::1']);
    expect(net.dnsReply(query, net.dnsAnswer(query, 3, [])!)).toEqual({ code: 3, truncated: false, addresses: [] });
  });

  test('an answer that does not fit is cut to its question and says so', () => {
    const long = reply({ answers: Array.from({ length: 40 }, (_, i) => address([10, 0, 0, i])) });
    const cut = net.dnsPassed(query, long, 512)!;
    expect(cut.length).toBeLessThanOrEqual(512);
    expect(net.dnsReply(query, cut)).toEqual({ code: 0, truncated: true, addresses: [] });
    expect(net.dnsReply(query, net.dnsPassed(query, long, 4096)!)?.addresses).toHaveLength(40);
  });
});

describe('whatever comes', () => {
  const label = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'abcXYZ019-_') });
  const host = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));

  test('names come through, in small letters', () => {
    fc.assert(
      fc.property(host, fc.nat(65535), (text, id) => {
        const bytes = message({ id, flags: 0x100, questions: [question(text, 1)] });
        expect(net.dnsQuery(bytes)).toMatchObject({ id, name: text.toLowerCase() });
      }),
    );
  });

  test('bytes never break the reader, and what it takes for a query it can answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        if (typeof net.dnsQuery(bytes) === 'number') return;
        expect(net.dnsReply(bytes, net.dnsAnswer(bytes, 3, [])!)?.code).toBe(3);
      }),
      { numRuns: 3000 },
    );
  });

  test('a query that was changed anywhere, or cut, is read or refused', () => {
    fc.assert(
      fc.property(
        host,
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(200),
        (text, changes, size) => {
          const bytes = Buffer.from(asked(text, 1, [record('', 41, 1232, 0, Buffer.alloc(0))]));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          net.dnsQuery(bytes.subarray(0, Math.max(size, 12)));
          net.dnsReply(asked(text), bytes);
          net.dnsPassed(asked(text), bytes, 64);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('what the host says', () => {
  test.each([
    ['nameserver 10.0.0.1\nnameserver ::1\n', ['10.0.0.1:53', '[::1]:53']],
    [
      '# nameserver 1.1.1.1\n;x\nsearch a\nnameserver fe80::1%eth0 # why\nnameserver nonsense\nnameserver',
      ['[fe80::1]:53'],
    ],
    ['nameserver 127.0.0.1:5353\nnameserver [::1]:54', ['127.0.0.1:5353', '[::1]:54']],
    ['', []],
  ])('%j names the servers %j', (text, servers) => expect(net.resolvers(text)).toEqual(servers));

  test.each([
    ['127.0.0.1 localhost lab7 # a b\n10.0.0.9\tdb.local DB2\n::1 lab7', 'lab7', ['127.0.0.1', '::1']],
    ['127.0.0.1 localhost # db2\n10.0.0.9\tdb.local DB2', 'db2', ['10.0.0.9']],
    ['10.0.0.9 db.local', 'db', []],
    ['not-an-address db', 'db', []],
  ])('%j', (text, host, addresses) => expect(net.hosts(text, host)).toEqual(addresses));
});
