import { expect, test } from 'vitest';
import { protectedSockets } from '../../../tracer/vm/protected_sockets.js';

test.each([
  ['/run/docker.sock', {}],
  ['/run/user', {}],
  ['/tmp/.X11-unix', {}],
  ['/tmp/ssh-*', {}],
  ['/home/u/agent', { SSH_AUTH_SOCK: '/home/u/agent' }],
  ['/home/u/bus', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/home/u/bus,guid=0123' }],
  ['/tmp/bus-abc', { DBUS_SESSION_BUS_ADDRESS: 'unix:abstract=/tmp/bus-abc,guid=0123' }],
  ['/home/u/docker.sock', { DOCKER_HOST: 'unix:///home/u/docker.sock' }],
])('%s is kept from programs (%o)', (path, env) => {
  expect(protectedSockets(env, [])).toContain(path);
});

test.each([
  { DOCKER_HOST: 'tcp://127.0.0.1:2375' },
  { DBUS_SESSION_BUS_ADDRESS: 'unix:tmpdir=/tmp' },
  { SSH_AUTH_SOCK: '' },
])('what names no path adds none (%o)', (env) => {
  expect(protectedSockets(env as NodeJS.ProcessEnv, [])).toEqual(protectedSockets({}, []));
});

test('what is exposed is told with a first !', () => {
  expect(protectedSockets({}, ['/run/user/1000/bus']).at(-1)).toBe('!/run/user/1000/bus');
});
