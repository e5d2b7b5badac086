// The Windows versions a VM may be told it is (design, section 7), the newest last, and the registry values that say so.
// Written out here because older Wines do not know how to call themselves Windows 11.

interface VersionFacts {
  name: string;
  major: number;
  minor: number;
  build: number;
  servicePack: number;
}

const FACTS = {
  win7: { name: 'Windows 7', major: 6, minor: 1, build: 7601, servicePack: 1 },
  win8: { name: 'Windows 8', major: 6, minor: 2, build: 9200, servicePack: 0 },
  win81: { name: 'Windows 8.1', major: 6, minor: 3, build: 9600, servicePack: 0 },
  win10: { name: 'Windows 10', major: 10, minor: 0, build: 19043, servicePack: 0 },
  win11: { name: 'Windows 11', major: 10, minor: 0, build: 22000, servicePack: 0 },
} as const satisfies Record<string, VersionFacts>;

export type WindowsVersion = keyof typeof FACTS;
export const WINDOWS_VERSIONS = Object.keys(FACTS) as WindowsVersion[];

/** What a VM is told when its system file does not say: the oldest that today's programs still start on. */
export const DEFAULT_WINDOWS: WindowsVersion = 'win10';

/** Values of registry keys; null takes a value away, or a key with all below it. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string | number | null>> | null>>;

export function versionSettings(version: WindowsVersion): Settings {
  const { name, major, minor, build, servicePack } = FACTS[version];
  const values = {
    ProductName: `Microsoft ${name}`,
    CSDVersion: servicePack === 0 ? '' : `Service Pack ${servicePack}`,
    CurrentVersion: `${major}.${minor}`,
    CurrentMajorVersionNumber: major,
    CurrentMinorVersionNumber: minor,
    CurrentBuild: String(build),
    CurrentBuildNumber: String(build),
  };
  return {
    'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion': values,
    'HKEY_LOCAL_MACHINE\\Software\\Wow6432Node\\Microsoft\\Windows NT\\CurrentVersion': values,
    'HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\Windows': { CSDVersion: servicePack << 8 },
    'HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\ProductOptions': { ProductType: 'WinNT' },
    // Wine's own override, which would win.
    'HKEY_CURRENT_USER\\Software\\Wine': { Version: null },
  };
}
