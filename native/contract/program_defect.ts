/** Why a file that is there is no program for this machine. */
export type ProgramDefect =
  | 'empty'
  | 'text'
  | 'unknown'
  | 'dos'
  | 'windows16'
  | 'windows-arm'
  | 'windows-other'
  | 'windows-library'
  | 'windows-installer'
  | 'windows-shortcut'
  | 'windows-damaged'
  | 'linux-other'
  | 'linux-library'
  | 'linux-damaged';

export const DEFECTS: Readonly<Record<ProgramDefect, string>> = {
  empty: 'the file is empty',
  text: 'it is a text file, not a program',
  unknown: 'its first bytes are those of no program',
  dos: 'it is a DOS program',
  windows16: 'it is a 16-bit Windows program',
  'windows-arm': 'it is a Windows program for ARM',
  'windows-other': 'it is a Windows program for another processor',
  'windows-library': 'it is a Windows library (DLL), not a program',
  'windows-installer':
    'it is an installer package; the program is C:\\windows\\system32\\msiexec.exe, with /i, /qn and this file',
  'windows-shortcut': 'it is a shortcut; the program is the file it points to',
  'windows-damaged': 'its Windows program header is cut short',
  'linux-other': 'it is a Linux program for another processor',
  'linux-library': 'it is a Linux object file, not a program',
  'linux-damaged': 'its Linux program header is cut short',
};
