// The targets there are.
import { apparmor } from './apparmor/apparmor.js';
import { cedar } from './cedar.js';
import { flatpak } from './flatpak.js';
import { json } from './json.js';
import { landlock } from './landlock.js';
import { mxc } from './mxc.js';
import { qrexec } from './qrexec.js';
import { sandboxie } from './sandboxie.js';
import { systemd } from './systemd/systemd.js';
import type { Target } from './target.js';

export const TARGETS: readonly Target[] = [apparmor, systemd, sandboxie, mxc, flatpak, landlock, qrexec, cedar, json];
