// The page in a browser: hostile names stay text, nothing is fetched, keys and search work, 200 nodes are legible, paper
// and narrow windows do. SHUTTLE_SHOTS=folder keeps the pictures, to be looked at.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageOf } from '../../../policygen/report/page.js';
import { pictureOf } from '../../../policygen/report/picture.js';
import { crowded, hostile } from './sample.js';

const CHROMIUM = '/usr/bin/chromium';
interface Seen {
  count: number;
  lowest: number;
  outside: number;
  overflow: number;
  colours: string[];
}

const LEGIBLE = `(() => {
  const texts = [...document.querySelectorAll('.graph .node text')].map((one) => one.getBoundingClientRect());
  const frames = [...document.querySelectorAll('.graph .frame')].map((one) => one.getBoundingClientRect());
  const inside = (box) => frames.some((frame) =>
    box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom);
  const { backgroundColor, color } = getComputedStyle(document.body);
  return {
    count: texts.length,
    lowest: Math.min(...texts.map(({ height }) => height)),
    outside: texts.filter((box) => !inside(box)).length,
    overflow: document.documentElement.scrollWidth - innerWidth,
    colours: [backgroundColor, color],
  };
})()`;

const lacking = existsSync(CHROMIUM) ? '' : ' (skipped: chromium is not installed)';

describe.skipIf(lacking !== '')(`in Chromium${lacking}`, () => {
  let browser: Browser;
  let folder: string;
  let shots: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shuttle-report-'));
    shots = process.env.SHUTTLE_SHOTS ?? folder;
    mkdirSync(shots, { recursive: true });
    writeFileSync(join(shots, 'crowded.html'), pageOf(crowded()));
    writeFileSync(join(shots, 'hostile.html'), pageOf(hostile()));
    writeFileSync(join(shots, 'crowded.svg'), pictureOf(crowded().graph));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      // The page is ours, and root may have no sandbox.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
      env: { ...process.env, HOME: folder },
      timeout: 120_000,
    });
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Look {
    width?: number;
    dark?: boolean;
  }

  async function open(
    name: string,
    { width = 1360, dark = false }: Look = {},
  ): Promise<{ page: Page; wrong: string[]; asked: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' });
    const wrong: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('dialog', (dialog) => wrong.push(dialog.message()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${shots}/${name}`);
    return { page, wrong, asked };
  }

  test('hostile names do nothing, and nothing is asked of any network', async () => {
    const { page, wrong, asked } = await open('hostile.html');
    expect(await page.title()).toBe('s: who talks to whom');
    expect(
      await page.evaluate(`document.querySelectorAll('img, iframe, object, b, [onmouseover], [onerror]').length`),
    ).toBe(0);
    expect(await page.evaluate(`document.scripts.length`)).toBe(2);
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    for (const node of (await page.locator('.graph .node').all()).slice(0, 8)) await node.click();
    expect(await page.title()).toBe('s: who talks to whom');
    expect({ wrong, asked: asked.filter((url) => !url.startsWith('file:')) }).toEqual({ wrong: [], asked: [] });
    await page.screenshot({ path: join(shots, 'hostile.png'), fullPage: true });
    expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
    await page.close();
  });

  test('what came in by a script element of its own would not run', async () => {
    const text = readFileSync(join(shots, 'crowded.html'), 'utf8');
    writeFileSync(
      join(shots, 'broken.html'),
      text.replace('<main>', '<main><script>document.title="owned"</script><p onclick="1" style="color:red">'),
    );
    const { page, wrong } = await open('broken.html');
    expect(await page.title()).toBe('warehouse: who talks to whom');
    expect(wrong.filter((one) => /Content Security Policy/.test(one)).length).toBeGreaterThanOrEqual(2);
    await page.close();
  });

  test.each<[string, Look]>([
    ['wide-light', {}],
    ['wide-dark', { dark: true }],
    ['narrow-light', { width: 420 }],
    ['narrow-dark', { width: 420, dark: true }],
  ])('200 nodes are legible: %s', async (name, look) => {
    const { page, wrong } = await open('crowded.html', look);
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    const seen = await page.evaluate<Seen>(LEGIBLE);
    expect(seen.count).toBeGreaterThanOrEqual(200);
    expect(seen).toMatchObject({ outside: 0 });
    expect(seen.lowest).toBeGreaterThan(9);
    expect(seen.overflow).toBeLessThanOrEqual(0);
    expect(seen.colours).toEqual(
      look.dark ? ['rgb(20, 25, 27)', 'rgb(227, 233, 234)'] : ['rgb(251, 251, 250)', 'rgb(31, 42, 46)'],
    );
    expect(wrong).toEqual([]);
    await page.close();
  });

  test('search, sorting, the graph and the keys', async () => {
    const { page } = await open('crowded.html');
    const shown = () => page.locator('#interactions tbody tr:visible').count();
    const whole = await shown();
    await page.keyboard.press('/');
    await page.keyboard.type('blocked db');
    expect(await shown()).toBeGreaterThan(0);
    expect(await shown()).toBeLessThan(whole);
    await page.keyboard.press('Escape');
    expect(await shown()).toBe(whole);
    await page.locator('#search').blur();
    await page.keyboard.press('o');
    expect(await page.locator('.rules details[open]').count()).toBe(24);
    await page.keyboard.press('t');
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe('dark');
    await page.getByRole('button', { name: 'Times' }).click();
    const times = await page.locator('#interactions tbody td.number:nth-last-child(2)').allTextContents();
    expect(times.map(Number)).toEqual(times.map(Number).toSorted((a, b) => a - b));
    await page.locator('.graph .node').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('.graph .node.chosen').count()).toBe(1);
    expect(await page.locator('.graph.dim .edge.lit').count()).toBeGreaterThan(0);
    expect(await shown()).toBeLessThan(whole);
    await page.screenshot({ path: join(shots, 'chosen.png') });
    await page.close();
  });

  test('on paper it is light, whole, and without controls', async () => {
    const { page } = await open('crowded.html', { dark: true });
    const pdf = await page.pdf({ path: join(shots, 'print.pdf'), format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    await page.setViewportSize({ width: 720, height: 1000 });
    await page.screenshot({ path: join(shots, 'print.png'), fullPage: true });
    expect(await page.locator('#theme').isVisible()).toBe(false);
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`)).toBe(true);
    await page.close();
  });

  test('the picture alone has its colours', async () => {
    const { page, wrong } = await open('crowded.svg', { dark: true });
    await page.screenshot({ path: join(shots, 'picture.png') });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.place')).fill`)).toBe('rgb(227, 233, 234)');
    expect(wrong).toEqual([]);
    await page.close();
  });
});
