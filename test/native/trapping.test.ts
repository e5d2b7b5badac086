// Which opens an enforcing VM's filter hands to the engine: as few as its rules need, since each costs some microseconds.
import { constants } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import { rule } from './rule.js';

const { files } = addon();
const { O_RDONLY, O_RDWR, O_CREAT, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants;

describe('an open under rules', () => {
  test.each([
    ['for reading', O_RDONLY, 'allowed', 'allowed'],
    ['as Wine’s server opens every file, and whoever meets a FIFO', O_RDONLY | O_NONBLOCK, 'trapped', 'allowed'],
    ['as shm_open does', O_RDONLY | O_NOFOLLOW, 'trapped', 'trapped'],
    ['of a folder', O_RDONLY | O_NONBLOCK | O_DIRECTORY, 'allowed', 'allowed'],
    ['for writing', O_RDWR, 'trapped', 'trapped'],
    ['for creating without waiting', O_RDWR | O_CREAT | O_NONBLOCK, 'trapped', 'trapped'],
  ])('%s', (_, flags, linux, windows) => {
    expect(files.answerUnderRules([], false, flags)).toBe(linux);
    expect(files.answerUnderRules([], true, flags)).toBe(windows);
  });

  // A FIFO and shared memory are opened as files; a Windows program's pipes and sections its agent asks for.
  test.each<[Op, string, string, string]>([
    ['pipe.connect', '\\\\.\\pipe\\x', 'trapped', 'allowed'],
    ['memory.open', 'Local\\x', 'trapped', 'allowed'],
    ['semaphore.open', 'Local\\x', 'trapped', 'allowed'],
    ['mutex.open', 'Local\\x', 'allowed', 'allowed'],
    ['file.read', '/data/x', 'trapped', 'trapped'],
    ['tcp.connect', '127.0.0.1:80', 'allowed', 'allowed'],
  ])('%s of %s', (op, object, linux, windows) => {
    const rules = [rule({ ops: [op], from: 'app', to: 'db', object })];
    expect(files.answerUnderRules(rules, false, O_RDONLY)).toBe(linux);
    expect(files.answerUnderRules(rules, true, O_RDONLY)).toBe(windows);
  });

  test('of another VM’s rules is none of its own', () => {
    expect(files.answerUnderRules([rule({ ops: ['file.read'], from: 'db', to: 'app' })], false, O_RDONLY)).toBe(
      'allowed',
    );
  });
});
