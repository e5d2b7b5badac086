// What a VM's overlays show, keep and leave as it was, whoever starts it.
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffLayer } from '../../tracer/vm/layer_diff.js';
import { Driver, STARTERS } from './vm_driver.js';
import { BASE, builtDriver, overlay, VmLab } from './vm_lab.js';

const driver = builtDriver();

describe.each(STARTERS)('the overlays of a VM started by %s', (_who, who) => {
  const lab = new VmLab(driver, who);

  test('keeps the host as it was, and lists no name it hides', async () => {
    writeFileSync(lab.mine(lab.mkfile('a')), 'host');
    lab.mine(lab.mkfile('secret'));
    lab.vm.steps([overlay('/data', [lab.folder]), { do: 'mask', to: '/data/secret' }]);
    const output = await lab.vm.run(
      'ls /data; echo vm > /data/a; rm -f /data/secret; mkdir /data/secret; cat /data/a; ls /data',
    );
    expect(output).toBe('a\nvm\na\nsecret');
    expect(readFileSync(join(lab.folder, 'a'), 'utf8')).toBe('host');
    expect(readdirSync(lab.folder).sort()).toEqual(['a', 'secret']);
  });

  test('keeps what it wrote in its layer, also after its starter was killed', async () => {
    const layer = join(lab.folder, 'layer');
    const shown = join(lab.folder, 'shown');
    for (const one of [layer, `${layer}/upper`, `${layer}/work`]) chownSync(lab.mkdir(one), who.inside, who.inside);
    lab.mine(lab.mkdir(shown), 0o755);
    writeFileSync(lab.mine(lab.mkfile('shown/old')), '');
    lab.vm.steps([overlay('/data', [shown], layer)]);
    expect(await lab.vm.run('echo 1 > /data/new; rm /data/old; ls /data')).toBe('new');
    const again = new Driver(driver.folder, who);
    again.steps([...BASE, overlay('/data', [shown], layer)]);
    expect(await again.run('ls /data; cat /data/new')).toBe('new\n1');
    await again.close();
    expect(readdirSync(shown)).toEqual(['old']);
    const from = (path: string) => path.replace(/^\/x/, shown);
    expect(diffLayer(layer, from).map(({ what, path }) => `${what} ${path}`)).toEqual([
      'created /x/new',
      'deleted /x/old',
    ]);
  });

  test('what lies below an overlay leaves no trace in the layer', async () => {
    const layer = join(lab.folder, 'layer');
    const shown = lab.mine(lab.mkdir(join(lab.folder, 'shown')), 0o755);
    for (const one of [layer, `${layer}/upper`, `${layer}/work`]) chownSync(lab.mkdir(one), who.inside, who.inside);
    lab.mine(lab.mkfile('file'));
    lab.vm.steps([
      overlay('/data', [shown], layer),
      { do: 'bind', to: '/data/deep/file', from: join(lab.folder, 'file'), write: false },
      { do: 'memory', to: '/data/room', mode: 0o700, bytes: 4096 },
      { do: 'file', to: '/data/text', mode: 0o644, text: 'hello\n' },
      { do: 'link', to: '/data/link', target: 'text' },
    ]);
    expect(await lab.vm.run('ls /data; ls /data/deep; cat /data/link')).toBe('deep\nlink\nroom\ntext\nfile\nhello');
    expect(readdirSync(join(layer, 'upper/x'))).toEqual([]);
  });

  test('a socket of the host is dead in an overlay, and bound by nobody', async () => {
    const path = join(lab.folder, 's');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    chmodSync(path, 0o777);
    lab.vm.steps([overlay('/data', [lab.folder])]);
    lab.vm.say('argv', '/bin/sleep', '30');
    lab.vm.say('go');
    await lab.vm.line();
    lab.vm.say('connect', '/data/s');
    expect(await lab.vm.line()).toBe('done 111');
    lab.vm.mount({ do: 'bind', to: '/tmp/s', from: path, write: false });
    expect(await lab.vm.line()).toBe('mounted 95');
    server.close();
  });

  if (who.shift)
    test('root’s folders are the program’s own, and writes that are let through are root’s', async () => {
      const secret = lab.mkdir(join(lab.folder, 'secret'));
      chmodSync(secret, 0o700);
      writeFileSync(join(secret, 'key'), 'k', { mode: 0o600 });
      chmodSync(lab.folder, 0o700);
      lab.vm.steps([overlay('/own', [secret]), { do: 'bind', to: '/out', from: secret, write: true }]);
      const output = await lab.vm.run(
        'stat -c %u /own /own/key /out/key; cat /own/key; echo x > /own/key; echo; echo y > /out/made; id -u',
      );
      expect(output).toBe([who.inside, who.inside, who.inside, 'k', who.inside].join('\n'));
      expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('k');
      expect(statSync(join(secret, 'made')).uid).toBe(0);
    });
});
