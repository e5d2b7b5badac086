// Options that several commands share, and how their values are read.
import { type Command, InvalidArgumentError, Option } from 'commander';

/** A whole number of at least `least`. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least)
      throw new InvalidArgumentError(`a whole number from ${least} on is wanted`);
    return value;
  };

/** Seconds, fractions allowed. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('seconds are wanted');
  return value;
}

/** Of an option that may be repeated, all its values. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

export interface RunOptions {
  json?: boolean;
  timeout?: number;
  ephemeral?: boolean;
  payload?: 'none' | 'head' | 'full';
}

/** Options of what runs programs. */
export function runOptions(command: Command): Command {
  return command
    .option('--timeout <seconds>', 'end the run after this time (exit code 124)', seconds)
    .option('--ephemeral', 'leave no private files of the VMs behind')
    .addOption(new Option('--payload <how much>', 'bytes of messages that are kept').choices(['none', 'head', 'full']));
}

const SYSTEM_FILE = /\.ya?ml$/i;

/** A system file is told from a program by its name. */
export const isSystemFile = (operand: string): boolean => SYSTEM_FILE.test(operand);
