// The page, the picture and the Markdown as text: the same for the same report, and no name becomes anything but text.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeJson, escapeMarkdown, escapeMarkup } from '../../../policygen/report/escape.js';
import { fitted } from '../../../policygen/report/fit.js';
import { graphOf } from '../../../policygen/report/graph.js';
import { layOut, RIGHT } from '../../../policygen/report/layout.js';
import { markdownOf } from '../../../policygen/report/markdown.js';
import { pageOf } from '../../../policygen/report/page.js';
import { pictureOf } from '../../../policygen/report/picture.js';
import { duration, grouped } from '../../../policygen/report/words.js';
import { crossing, crowded, hostile, SPITE } from './sample.js';

test('the same report gives the same bytes', () => {
  expect(pageOf(crowded())).toBe(pageOf(crowded()));
  expect(pictureOf(crowded().graph)).toBe(pictureOf(crowded().graph));
  expect(markdownOf(crowded())).toBe(markdownOf(crowded()));
});

test('the page refers to nothing outside itself', () => {
  const page = pageOf(crowded());
  const links = [...page.matchAll(/(?:href|src|url|action)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, to]) => to!);
  expect(links.filter((to) => !to.startsWith('#'))).toEqual([]);
  expect(page.match(/https?:\/\/[^"\s<]*/g)?.filter((one) => one !== 'http://www.w3.org/2000/svg') ?? []).toEqual([]);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/unsafe|style="/);
});

describe('hostile names', () => {
  const page = pageOf(hostile());
  test('make no element of their own', () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img|<b>|<!--|\bon\w+="/);
    expect(page.match(/<title/g)!.length).toBe(page.match(/<\/title>/g)!.length);
  });
  test('come out of the JSON as they went in', () => {
    const json = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)![1]!;
    expect(json).not.toMatch(/[<>&\u2028\u2029\u202e]/);
    const rules = JSON.parse(json).rules as { object: string }[];
    expect(new Set(rules.map(({ object }) => object))).toEqual(
      new Set(SPITE.map((name) => name.replace(/[{}]/g, '$&$&'))),
    );
  });
  test('keep Markdown’s tables whole', () => {
    const lines = markdownOf(hostile()).split('\n');
    const cells = (line: string) => line.replace(/\\\|/g, '').split('|').length;
    const rules = lines.filter((line) => /^\| \d/.test(line));
    expect(rules).toHaveLength(SPITE.length);
    expect(rules.map(cells)).toEqual(SPITE.map(() => 10));
  });
});

test('escaped text holds no sign that means something', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...SPITE)), (text) => {
      expect(escapeMarkup(text)).not.toMatch(/[<>"'\n\r\u2028\u202e]|&(?!amp;|lt;|gt;|quot;|#39;)/);
      expect(JSON.parse(escapeJson(text))).toBe(text);
      expect(escapeMarkdown(text)).not.toMatch(/\n|(?<!\\)\|/);
    }),
  );
});

test('a name that is too long keeps both its ends, and wide signs their width', () => {
  expect(fitted('/usr/share/a-long-way/to/the/end.txt', 20)).toBe('/usr/share…e/end.txt');
  expect(fitted('漢'.repeat(30), 11)).toBe('漢漢…漢漢漢');
  expect(fitted('short', 20)).toBe('short');
  expect(fitted('a\nb', 20)).toBe('a\\nb');
});

test.each([
  [0, '0 s'],
  [900, '900 ns'],
  [1500, '1.5 µs'],
  [708_000_000, '708 ms'],
  [61e9, '1.0 min'],
])('%d nanoseconds are %s', (value, words) => expect(duration(value)).toBe(words));

test('thousands are told apart', () => expect(grouped(1234567)).toBe('1\u202f234\u202f567'));

describe('the graph', () => {
  test('names of one rule are one thing; verdicts and classes are lines of their own', () => {
    const graph = graphOf(
      [
        crossing({ op: 'file.read', name: '/a/1', rule: 'r', times: 2 }),
        crossing({ op: 'file.read', name: '/a/2', rule: 'r', times: 3 }),
        crossing({ op: 'file.write', name: '/a/1', verdict: 'blocked' }),
        crossing({ op: 'unix.connect', name: '/s', place: 'db', image: null }),
      ],
      new Map([['r', '/a/{uint}']]),
      ['app', 'db'],
    );
    expect(graph.right.map(({ place, nodes }) => [place, nodes.map(({ label }) => label)])).toEqual([
      ['db', ['/s']],
      ['host', ['/a/1', '/a/{uint}']],
    ]);
    expect(graph.left.map(({ place, nodes }) => [place, nodes.map(({ label }) => label)])).toEqual([
      ['app', ['app']],
      ['db', []],
    ]);
    expect(graph.edges.map(({ verdict, times }) => [verdict, times])).toEqual([
      ['shuttled', 1],
      ['blocked', 1],
      ['shuttled', 5],
    ]);
  });

  test('too many files of one place become their folders', () => {
    const many = Array.from({ length: 500 }, (_, at) =>
      crossing({ op: 'file.read', name: `/srv/${at % 7}/deep/${at}` }),
    );
    const [host] = graphOf(many, new Map(), ['app']).right;
    expect(host!.nodes.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6].map((one) => `/srv/${one}/deep/…`));
  });

  test('every node of a crowd has a row of its own, and every line its ends', () => {
    const { graph } = crowded();
    const nodes = [...graph.left, ...graph.right].flatMap((group) => group.nodes);
    expect(nodes.length).toBeGreaterThanOrEqual(200);
    const { left, right, lines, height } = layOut(graph);
    for (const side of [left, right]) {
      const rows = side.flatMap((box) => box.rows.map(({ y }) => y));
      expect(rows.every((y, at) => at === 0 || y - rows[at - 1]! >= 21)).toBe(true);
      expect(Math.max(...rows)).toBeLessThan(height);
    }
    expect(lines.every(({ y1, y2 }) => y1 > 0 && y2 > 0)).toBe(true);
    expect(right.every(({ x }) => x === RIGHT.x)).toBe(true);
  });
});

test('the client’s script takes nothing for markup', () => {
  const script = readFileSync(new URL('../../../policygen/report/page.client.mjs', import.meta.url), 'utf8');
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|setAttribute\('on/);
});
