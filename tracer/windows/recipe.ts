// What a base prefix holds besides what Wine itself puts there. The registry text is read by Wine's own regedit.
import type { Forwarder } from './forwarder.js';
import type { Settings } from './versions.js';

/** Raised whenever the recipe changes, so that prefixes of the old one are not taken for the new. */
export const RECIPE = 4;

const SYSTEM = 'HKEY_LOCAL_MACHINE\\System\\CurrentControlSet';
const DEMAND = 3;

/** What every base is given, whatever Windows it is. */
export const COMMON_SETTINGS: Settings = {
  // The display there is; without one windows exist, unseen. Where neither is named, creating one fails.
  'HKEY_CURRENT_USER\\Software\\Wine\\Drivers': { Graphics: 'x11,null' },
  // A crash ends the program at once instead of waiting for somebody to press a button.
  'HKEY_CURRENT_USER\\Software\\Wine\\WineDbg': { ShowCrashDialog: 0 },
  // No links into a desktop that is not there.
  'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\RunServices': { winemenubuilder: null },
  // The first program of a VM waits for what starts by itself. A VM has no joysticks and no USB; the two services
  // still start when somebody asks for them.
  [`${SYSTEM}\\Enum\\ROOT\\WINE`]: null,
  [`${SYSTEM}\\Enum\\WINEBUS`]: null,
  [`${SYSTEM}\\Services\\Eventlog`]: { Start: DEMAND },
  [`${SYSTEM}\\Services\\PlugPlay`]: { Start: DEMAND },
};

/** Libraries that programs of today import and that this Wine may lack: it then has these. */
export const LIBRARIES: readonly Forwarder[] = [
  // Random bytes, for everything written in Go or Rust. Wine has it from version 9 on.
  { name: 'bcryptprimitives.dll', exports: { ProcessPrng: 'advapi32.SystemFunction036' } },
];

function valueText(value: string | number | null): string {
  if (value === null) return '-';
  if (typeof value === 'number') return `dword:${value.toString(16).padStart(8, '0')}`;
  return `"${value.replaceAll('\\', '\\\\')}"`;
}

/** A registry file that makes these settings. */
export function registryText(settings: Settings): string {
  const keys = Object.entries(settings).map(([key, values]) => {
    if (values === null) return `[-${key}]\r\n`;
    const lines = Object.entries(values).map(([name, value]) => `"${name}"=${valueText(value)}`);
    return [`[${key}]`, ...lines, ''].join('\r\n');
  });
  return ['REGEDIT4', '', ...keys].join('\r\n');
}
