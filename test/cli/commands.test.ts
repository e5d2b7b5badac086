import { Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type CommandName, isCommand } from '../../cli/commands.js';
import { isSystemFile, seconds, whole } from '../../cli/options.js';
import { table } from '../../cli/print.js';

async function described(name: CommandName): Promise<Command> {
  const command = new Command('shuttle').enablePositionalOptions().command(name);
  const { describe } = await COMMANDS[name].load();
  describe(command, () => {});
  return command;
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

test.each(Object.keys(COMMANDS) as CommandName[])('%s has help with an example', async (name) => {
  const command = await described(name);
  expect(helpOf(command)).toMatch(new RegExp(`Example:\\n {2}shuttle ${name}`));
  for (const action of command.commands)
    expect(helpOf(action)).toMatch(new RegExp(`Example:\\n {2}shuttle ${name} ${action.name()} `));
  expect(helpOf(command)).not.toContain('default: []');
});

test.each([
  ['list', ['--json', '--layer']],
  ['commit', ['--json', '--layer', '--to']],
  ['remove', ['--json', '--layer', '--gone']],
])('vm %s takes the options it heeds', async (name, options) => {
  const action = (await described('vm')).commands.find((one) => one.name() === name);
  expect(action?.options.map(({ long }) => long)).toEqual(options);
});

test.each([
  ['learn', true],
  ['toString', false],
  ['', false],
])('%s is a command: %s', (word, expected) => expect(isCommand(word)).toBe(expected));

test.each([
  ['orders.shuttle.yaml', true],
  ['a.YML', true],
  ['app.exe', false],
  ['yaml', false],
])('%s is a system file: %s', (name, expected) => expect(isSystemFile(name)).toBe(expected));

describe('values of options', () => {
  test.each([
    ['3', 3],
    ['0', null],
    ['-1', null],
    ['1.5', null],
    ['', null],
    ['x', null],
  ])('whole number from 1: %j', (text, value) => {
    if (value === null) expect(() => whole(1)(text)).toThrow(CommanderError);
    else expect(whole(1)(text)).toBe(value);
  });
  test.each([
    ['0.5', 0.5],
    ['10', 10],
    ['0', null],
    ['-3', null],
    ['Infinity', null],
    [' ', null],
  ])('seconds: %j', (text, value) => {
    if (value === null) expect(() => seconds(text)).toThrow(CommanderError);
    else expect(seconds(text)).toBe(value);
  });
});

test('a table has columns as wide as what stands in them', () => {
  expect(table(['a', 'long', 'c'], [['xx', 'y', 'zzz zzz']])).toEqual(['a   long  c', 'xx  y     zzz zzz']);
});

test('a cell is one line and moves no cursor, whatever a program called its things', () => {
  expect(table(['a'], [['x\n\u001b[2Jy\u202ez\u0085']])).toEqual(['a', 'x\\n\\u{1b}[2Jy\\u{202e}z\\u{85}']);
});
