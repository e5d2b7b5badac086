import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Painter } from '../../../policygen/review/painter.js';

class Fake extends EventEmitter {
  columns = 10;
  rows = 3;
  written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
  take(): string {
    return this.written.splice(0).join('').replaceAll('\u001b', '^');
  }
}

test('only rows that changed are sent', () => {
  const terminal = new Fake();
  const painter = new Painter(terminal);
  expect(terminal.take()).toBe('^[?1049h^[?25l^[2J');
  painter.write('a\nb\nc');
  expect(terminal.take()).toBe('^[1;1H^[0ma^[0m^[K^[2;1H^[0mb^[0m^[K^[3;1H^[0mc^[0m^[K');
  painter.write('a\nx\nc');
  expect(terminal.take()).toBe('^[2;1H^[0mx^[0m^[K');
  painter.write('a\nx\nc');
  painter.write('\u001b[?25l');
  expect(terminal.take()).toBe('');
  painter.write('a');
  expect(terminal.take()).toBe('^[2;1H^[K^[3;1H^[K');
});

test('after a change of size everything is sent again; in the end the terminal is given back, once', () => {
  const terminal = new Fake();
  const painter = new Painter(terminal);
  painter.write('a');
  terminal.take();
  let resized = 0;
  painter.on('resize', () => resized++);
  terminal.rows = 1;
  terminal.emit('resize');
  painter.write('a\nb');
  expect([terminal.take(), resized, painter.rows]).toEqual(['^[2J^[1;1H^[0ma^[0m^[K', 1, 1]);
  painter.close();
  painter.close();
  painter.write('late');
  expect(terminal.take()).toBe('^[?25h^[?1049l');
  expect(terminal.listenerCount('resize')).toBe(0);
});
