// Programs that try to make more of the sockets that the engine, or a service, put into their VM (the hard rule).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, PEOPLE } from '../lab.js';
import { Ears, held, rule, system, until } from './ground.js';

describe.each(PEOPLE)('a program with sockets of elsewhere, as $name', (who) => {
  let lab: Lab;
  const ears = new Ears();
  beforeAll(() => {
    lab = new Lab(who);
  });
  afterAll(() => {
    ears.close();
    lab.end();
  });

  test('makes no more of a socket that it was handed than it is', async () => {
    // As long as a name can be: Node fills shorter ones with zeros.
    const mark = (end: string) => `hostile-${process.pid}-${who.uid}-${end}`.padEnd(107, '-');
    const [good, bad] = [await ears.open(), await ears.open()];
    const [goodName, badName] = [await ears.open(`\0${mark('good')}`), await ears.open(`\0${mark('bad')}`)];
    const program = [lab.build('hostile/network'), good.port, bad.port, `@${mark('good')}`, `@${mark('bad')}`];
    const rules =
      rule('port', 'tcp.connect', `127.0.0.1:${good.port}`) + rule('name', 'unix.connect', `@${mark('good')}`);
    lab.system(system(program, rules));
    const ran = lab.shuttle('run');
    await until(() => good.heard.length > 0 && goodName.heard.length > 0, 'what was allowed is heard');
    held(ran);
    expect(ran.out).toContain('own socket 777\nown socket 700\nstill joined yes');
    expect([bad.heard, badName.heard]).toEqual([[], []]);
    const crossed = ran.rows.filter((row) => row.verdict === 'shuttled').map((row) => `${row.op} ${row.object}`);
    expect(new Set(crossed)).toEqual(new Set([`tcp.connect 127.0.0.1:${good.port}`, `unix.connect @${mark('good')}`]));
  });

  test.each(['run', 'learn'])('sends nothing with sockets that a service handed it (%s)', async (verb) => {
    // Only the service is allowed, and nothing that it hands over.
    const [door, name] = [join(lab.outside, `giver-${verb}`), `@hostile-${process.pid}-${who.uid}-${verb}`];
    const giver = spawn(lab.build('giver'), [door, name], {
      ...(who.uid === null ? {} : { uid: who.uid, gid: who.uid }),
    });
    let said = '';
    giver.stdout.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes('\n')) await wait(10);
    const port = said.split(/\s/)[1];
    const blocked = [rule('port', 'udp.send', `127.0.0.1:${port}`), rule('name', '[unix.send, unix.connect]', name)];
    const refused = blocked.join('').replaceAll('accepted', 'refused');
    lab.system(system([lab.build('hostile/given'), door, port, name], rule('giver', 'unix.connect', door) + refused));
    const ran = lab.shuttle(verb, ...(verb === 'learn' ? ['--payload', 'none'] : []));
    await until(() => /^peer .*\n/m.test(said), 'the service tells of its peer');
    giver.kill('SIGKILL');
    held(ran);
    expect(said.match(/^heard.*/gm)).toBe(null);
    // The service is told of the program's user, never of root.
    expect(said.match(/^peer .*/gm)).toEqual([`peer ${ran.out.match(/^I am (\d+)$/m)?.[1]}`]);
    for (const what of ['interfaces', 'large stream', 'several datagrams', 'passing a descriptor', 'ends'])
      expect(ran.out).toContain(`${what} works`);
    expect(ran.out).toContain('sender known');
  });
});
