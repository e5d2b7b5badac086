// The manual page, made of the tree of commands, in the macros of man(7).
import type { Command, Option } from 'commander';

const EXITS: readonly (readonly [code: string, says: string])[] = [
  ['0', 'done; learn and run exit with the main program’s own code'],
  ['1', 'a failed check; replay: something would be blocked; why: it is not allowed; diff: the files differ'],
  ['2', 'wrong usage (125 for learn and run)'],
  ['124', 'timed out'],
  ['125', 'a failure of Shuttle’s own'],
  ['126', 'the program cannot be executed'],
  ['127', 'the program was not found'],
  ['128+n', 'the program was ended by signal n'],
];

const ENVIRONMENT: readonly (readonly [name: string, says: string])[] = [
  ['NO_COLOR', 'no colour'],
  ['XDG_STATE_HOME', 'where the private files of VMs are kept, in the folder shuttle'],
];

const FILES: readonly (readonly [name: string, says: string])[] = [
  ['*.shuttle.yaml', 'system files: VMs and their rules'],
  ['.shuttle/runs/SYSTEM/RUN', 'run folders, beside the system file'],
  ['~/.local/state/shuttle, /var/lib/shuttle', 'private files of VMs, of a user and of root; history of query'],
];

/** The page of the whole program, all commands in it. */
export function manualPage(program: Command, version: string): string {
  return [
    `.TH SHUTTLE 1 "" "Shuttle ${version}" "User Commands"`,
    '.SH NAME',
    `shuttle \\- ${escaped('run a program in a light VM, learn what it needs, enforce just that')}`,
    '.SH SYNOPSIS',
    ...program.commands.flatMap(synopsis),
    '.SH DESCRIPTION',
    escaped(program.description()),
    ...program.options.flatMap(optionItem),
    ...afterwards(program),
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => section(command, `shuttle ${command.name()}`)),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, says]) => item(code, says)),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, says]) => item(name, says)),
    '.SH FILES',
    ...FILES.flatMap(([name, says]) => item(name, says)),
    '',
  ].join('\n');
}

function synopsis(command: Command): string[] {
  if (command.commands.length > 0) return command.commands.flatMap((one) => synopsis(one));
  return ['.br', `${bold(nameOf(command))} ${escaped(usageOf(command))}`.trimEnd()];
}

/** `shuttle vm diff`. */
const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

const usageOf = (command: Command): string => command.usage().replace(' [command]', '');

function section(command: Command, name: string): string[] {
  const described = command.registeredArguments.filter(({ description }) => description);
  return [
    `.SS ${bold(name)} ${escaped(usageOf(command))}`,
    `${sentence(command.description())}`,
    ...described.flatMap((one) => item(`<${one.name()}>`, one.description)),
    ...command.options.filter(({ hidden }) => !hidden).flatMap(optionItem),
    ...afterwards(command),
    ...command.commands.flatMap((one) => section(one, `${name} ${one.name()}`)),
  ];
}

function optionItem({ flags, description, argChoices }: Option): string[] {
  const among = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
  return item(flags, description + among);
}

const item = (name: string, says: string): string[] => ['.TP', bold(name), escaped(says)];

const bold = (text: string): string => `\\fB${inline(text)}\\fR`;

const sentence = (text: string): string => escaped(`${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`);

/** What help says after its lists: paragraphs, and examples as they are typed. */
function afterwards(command: Command): string[] {
  const [text = '', examples] = afterHelp(command).split(/^Examples?:\n/m);
  const paragraphs = text.split(/\n\s*\n/).filter((one) => one.trim() !== '');
  const asTyped = (lines: string) => ['.RS 4', '.nf', ...lines.split('\n').map((line) => escaped(line)), '.fi', '.RE'];
  return [
    ...paragraphs.flatMap((one) =>
      /^ {2}/m.test(one) ? ['.PP', ...asTyped(one.trimEnd())] : ['.PP', escaped(one.trim())],
    ),
    ...(examples === undefined
      ? []
      : ['.PP', examples.trim().includes('\n') ? 'Examples:' : 'Example:', ...asTyped(undented(examples))]),
  ];
}

const undented = (text: string): string => text.replaceAll(/^ {2}/gm, '').trim();

/** What `addHelpText` adds is to be had in the whole help only. */
function afterHelp(command: Command): string {
  let whole = '';
  const before = command.configureOutput();
  const writeOut = (text: string) => {
    whole += text;
  };
  command.configureOutput({ ...before, writeOut });
  command.outputHelp();
  command.configureOutput(before);
  return whole.slice(command.helpInformation().length);
}

/** Text of a line, or of several: nothing in it is taken for a macro. */
const escaped = (text: string): string =>
  text
    .split('\n')
    .map((line) => inline(line).replace(/^([.'])/, '\\&$1'))
    .join('\n');

const inline = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('`', '\\(ga')
    .replaceAll('…', '...')
    .replaceAll('’', '\\(cq');
