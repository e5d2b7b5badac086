// The one file that loads the addon. Each area adds the types of what it exports.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Descriptors } from './contract/descriptors.js';
import type { FileFunctions } from './files.js';
import type { KernelFunctions } from './kernel.js';
import type { NativeEngineConstructor } from './native_engine.js';
import type { NetFunctions } from './net.js';
import type { NativeRecorderConstructor, NativeWriterConstructor } from './recorder.js';
import type { RuleFunctions } from './rules.js';

export interface Addon extends Descriptors, FileFunctions, KernelFunctions, NetFunctions, RuleFunctions {
  Engine: NativeEngineConstructor;
  NativeRecorder: NativeRecorderConstructor;
  NativeWriter: NativeWriterConstructor;
}

/** The init executable, built beside the addon. */
export const initFile = (): string => addonFile().replace(/shuttle\.node$/, 'shuttle-init');

/** The library that is preloaded into the programs of a learning VM. */
export const readerFile = (): string => addonFile().replace(/shuttle\.node$/, 'shuttle-reader.node');

export interface AgentFiles {
  agent: string;
  /** The agent for programs of 32 bits; null where there was no compiler for it. */
  agent32: string | null;
  dock: string;
}

/** Agent and dock of Windows VMs, or null where there was no compiler to build them. */
export function agentFiles(): AgentFiles | null {
  const folder = addonFile().replace(/Release\/shuttle\.node$/, 'windows/');
  const [agent, agent32, dock] = ['shuttle-agent.dll', 'shuttle-agent32.dll', 'shuttle-dock.exe'].map(
    (name) => `${folder}${name}`,
  ) as [string, string, string];
  if (!existsSync(agent) || !existsSync(dock)) return null;
  return { agent, agent32: existsSync(agent32) ? agent32 : null, dock };
}

/**
 * Where the addon is. What runs from the sources takes the copy in `dist` too: the record's worker is always run from
 * there, and the two must meet in one and the same library.
 */
function addonFile(): string {
  const places = ['../dist/native/build/Release/', './build/Release/', '../../native/build/Release/'].map(
    (place) => `${place}shuttle.node`,
  );
  const files = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? (files[0] as string);
}

let loaded: Addon | undefined;

/** The addon, loaded when first asked for: a command that needs no engine does not pay for it. */
export function addon(): Addon {
  loaded ??= createRequire(import.meta.url)(addonFile()) as Addon;
  return loaded;
}
