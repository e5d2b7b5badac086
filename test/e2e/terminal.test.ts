// Programs that a person talks to: the private terminal, and Ctrl-C typed there.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ReadStream } from 'node:tty';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { addon } from '../../native/engine.js';
import { writeAll } from '../../tracer/session/write_all.js';
import { quoted, until } from './hostile/ground.js';
import { Lab, PEOPLE } from './lab.js';

const main = inject('main');

/** A person at a terminal where `shuttle run` was typed. */
class Person {
  said = '';
  private readonly keyboard: number;
  private readonly screen: ReadStream;
  private readonly shuttle: ChildProcess;
  private code: number | null = null;

  constructor(lab: Lab, uid: number | null) {
    const [ours, theirs] = addon().terminal(24, 80);
    this.keyboard = ours;
    this.screen = new ReadStream(ours);
    this.screen.on('data', (chunk) => {
      this.said += chunk;
    });
    this.screen.on('error', () => {}); // the last program has closed it
    this.shuttle = spawn(process.execPath, [main, 'run', lab.file], {
      cwd: dirname(lab.file),
      stdio: [theirs, theirs, theirs],
      env: { ...lab.environment(), TERM: 'dumb' },
      ...(uid === null ? {} : { uid, gid: uid }),
    });
    this.shuttle.on('exit', (code) => {
      this.code = code;
    });
    closeSync(theirs);
  }

  async hears(text: string): Promise<void> {
    const over = () => this.shuttle.exitCode !== null;
    await until(() => this.said.includes(text), `${text} in ${JSON.stringify(this.said)}`, over);
    this.said = this.said.slice(this.said.indexOf(text) + text.length);
  }

  types(text: string): void {
    writeAll(this.keyboard, Buffer.from(text));
  }

  async leaves(): Promise<number | null> {
    await until(() => this.shuttle.exitCode !== null, 'the end');
    this.screen.destroy();
    return this.code;
  }
}

// Once: it depends on nobody, and takes longer than Shuttle waits.
describe.each(PEOPLE.slice(0, 1))('a program that $name talks to', (who) => {
  let lab: Lab;
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => lab.end());

  const runs = (...words: string[]) => {
    const list = quoted(words.map((word) => word.replaceAll("'", "''")));
    lab.system(`shuttle: 1\nsystem: lab\nmain: b\nvms:\n  b:\n    program: ${list}\n`);
    return new Person(lab, who.uid);
  };

  test('goes on after Ctrl-C where it lives with it, as a shell does', async () => {
    const person = runs('sh', '-i');
    await person.hears('$ ');
    person.types('sleep 100\r');
    await person.hears('sleep 100\r\n');
    person.types('\x03');
    await person.hears('$ ');
    person.types("tty; stty size; sleep 3; echo al''ive\r"); // longer than Shuttle waits for who was asked to end
    await person.hears('/dev/console\r\n24 80\r\n');
    await person.hears('alive');
    person.types('exit 7\r');
    expect(await person.leaves()).toBe(7);
  });

  test('is ended by Ctrl-C', async () => {
    const person = runs('sh', '-c', 'echo ready; sleep 100');
    await person.hears('ready');
    person.types('\x03');
    expect(await person.leaves()).toBe(130);
  });

  test('is ended by Ctrl-C though it takes no notice', async () => {
    const person = runs('sh', '-c', "trap '' INT; echo ready; sleep 100");
    await person.hears('ready');
    person.types('\x03');
    expect(await person.leaves()).toBe(130);
  });

  test('reads Ctrl-C as a byte where it asked for that, as an editor does', async () => {
    const person = runs('sh', '-c', 'stty raw -echo; echo ready; head -c 1 | od -An -c; sleep 3; echo over; exit 5');
    await person.hears('ready');
    person.types('\x03');
    await person.hears('003');
    await person.hears('over');
    expect(await person.leaves()).toBe(5);
  });
});
