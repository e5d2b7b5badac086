// The commands there are. Their files are loaded when they are called.
import type { Command } from 'commander';

interface Entry {
  summary: string;
  load: () => Promise<{ describe(command: Command, done: (code: number) => void): void }>;
}

export const COMMANDS = {
  learn: { summary: 'run a program or system, record it, write the rules it needs', load: () => import('./learn.js') },
  run: { summary: 'run a system under its rules', load: () => import('./run.js') },
  infer: { summary: 'find rules in recorded runs, without running anything', load: () => import('./infer.js') },
  replay: { summary: 'say what the rules would have done to recorded runs', load: () => import('./replay.js') },
  review: { summary: 'decide on rules, one by one on a terminal or many at once', load: () => import('./review.js') },
  why: { summary: 'say which rule decides an interaction, or what comes nearest', load: () => import('./why.js') },
  diff: { summary: 'say what one system file admits and another does not', load: () => import('./diff.js') },
  merge: {
    summary: 'merge two versions of a system file by what they admit; a merge driver for git',
    load: () => import('./merge.js'),
  },
  export: {
    summary: "write the rules in another enforcer's format, and say how truly",
    load: () => import('./export.js'),
  },
  report: {
    summary: 'draw who talks to whom, as a page, a picture or for a pull request',
    load: () => import('./report.js'),
  },
  query: { summary: 'ask recorded runs in SQL', load: () => import('./query.js') },
  vm: { summary: "look after the VMs' private files", load: () => import('./vm.js') },
  doctor: {
    summary: 'say what this machine can do, and how to mend what it cannot',
    load: () => import('./doctor.js'),
  },
  completion: { summary: 'print what a shell needs to complete commands', load: () => import('./completion.js') },
  man: { summary: 'print the manual page', load: () => import('./man.js') },
} satisfies Record<string, Entry>;

export type CommandName = keyof typeof COMMANDS;

export const isCommand = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word);
