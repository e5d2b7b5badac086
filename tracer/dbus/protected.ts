// Names on a bus that stay out of reach while learning: behind them programs are started outside the VM, secrets are
// kept, or the session itself is steered. A rule that a person accepted may still name them.

/** A name and all below it. */
const PROTECTED = [
  // start programs, units and containers
  'org.freedesktop.systemd1',
  'org.freedesktop.Flatpak',
  'org.freedesktop.portal',
  'org.freedesktop.impl.portal',
  'org.freedesktop.machine1',
  'org.freedesktop.import1',
  'org.freedesktop.portable1',
  'org.freedesktop.PackageKit',
  'io.snapcraft',
  'io.podman',
  'org.projectatomic',
  'org.gnome.Software',
  'org.freedesktop.Application',
  'org.gnome.Terminal',
  'org.kde.konsole',
  'org.kde.klauncher5',
  'org.kde.krunner',
  // may do as somebody else
  'org.freedesktop.PolicyKit1',
  'org.freedesktop.Accounts',
  'org.freedesktop.home1',
  'org.freedesktop.login1',
  'org.freedesktop.ConsoleKit',
  'org.freedesktop.realmd',
  'org.fedoraproject.FirewallD1',
  'org.freedesktop.sysupdate1',
  // keep secrets
  'org.freedesktop.secrets',
  'org.freedesktop.Secret',
  'org.gnome.keyring',
  'org.gnome.seahorse',
  'org.kde.kwalletd',
  'org.kde.kwalletd5',
  'org.kde.kwalletd6',
  'org.keepassxc',
  'org.gnome.OnlineAccounts',
  'org.gnupg',
  'org.freedesktop.NetworkManager',
  'org.freedesktop.sssd',
  'fi.w1.wpa_supplicant1',
  // steer or watch the session, its screen and its input
  'org.gnome.Shell',
  'org.gnome.Mutter',
  'org.gnome.SettingsDaemon',
  'org.kde.KWin',
  'org.kde.kglobalaccel',
  'org.gnome.ScreenSaver',
  'org.a11y',
  'org.freedesktop.IBus',
  'org.fcitx',
  'ca.desrt.dconf',
  'org.gtk.vfs',
  'org.freedesktop.udisks2',
  'org.freedesktop.UDisks2',
  'org.freedesktop.fwupd',
  'org.bluez',
  'org.freedesktop.bolt',
  'org.freedesktop.hostname1',
  'org.freedesktop.timedate1',
  'org.freedesktop.locale1',
  'org.freedesktop.resolve1',
  'org.freedesktop.network1',
  'org.freedesktop.oom1',
] as const;

/** The bus itself: the proxy decides what of it a program may call. */
export const BUS_NAME = 'org.freedesktop.DBus';

export const isProtectedName = (name: string): boolean =>
  PROTECTED.some((one) => name === one || name.startsWith(`${one}.`));

/** Whether a name such as `org.freedesktop.*` would reach into the protected set. */
export const reachesProtected = (prefix: string): boolean =>
  isProtectedName(prefix) || PROTECTED.some((one) => one.startsWith(`${prefix}.`));

/** First two parts of names that programs often have; the proxy knows no shorter prefix. */
const VENDORS: Readonly<Record<string, readonly string[]>> = {
  com: [
    'discordapp',
    'example',
    'github',
    'gitlab',
    'google',
    'microsoft',
    'skype',
    'slack',
    'spotify',
    'valvesoftware',
    'visualstudio',
  ],
  de: ['haeckerfelix'],
  io: ['elementary', 'github', 'gitlab'],
  net: ['launchpad', 'sourceforge'],
  org: [
    'apache',
    'audacityteam',
    'chromium',
    'documentfoundation',
    'eclipse',
    'example',
    'gimp',
    'inkscape',
    'kde',
    'libreoffice',
    'mozilla',
    'mpris',
    'qtproject',
    'telegram',
    'videolan',
    'xfce',
  ],
  test: ['example'],
};

/** Prefixes (without `.*`) that learning opens whole, so that names not yet on the bus can be called and owned too. */
export const OPEN_PREFIXES: readonly string[] = Object.entries(VENDORS)
  .flatMap(([first, rest]) => rest.map((second) => `${first}.${second}`))
  .filter((prefix) => !reachesProtected(prefix));
