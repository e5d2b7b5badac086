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

/** Every first part that a name may have in practice and below which nothing is protected. */
const GENERIC = [
  'aero',
  'app',
  'biz',
  'cloud',
  'codes',
  'com',
  'coop',
  'dev',
  'edu',
  'example',
  'garden',
  'gov',
  'info',
  'int',
  'io',
  'jobs',
  'io.github',
  'io.gitlab',
  'io.elementary',
  'local',
  'me',
  'mil',
  'mobi',
  'museum',
  'name',
  'net',
  'one',
  'online',
  'page',
  'pro',
  'rocks',
  'site',
  'social',
  'software',
  'space',
  'systems',
  'tech',
  'test',
  'tv',
  'wiki',
  'work',
  'world',
  'xyz',
  'zone',
];
/** Parts below `org` of programs that are met often. */
const VENDORS = [
  'apache',
  'audacityteam',
  'chromium',
  'eclipse',
  'example',
  'gimp',
  'inkscape',
  'libreoffice',
  'mozilla',
  'mpris',
  'pulseaudio',
  'pipewire',
  'qtproject',
  'telegram',
  'videolan',
  'xfce',
  'documentfoundation',
];

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const countries = letters.flatMap((first) => letters.map((second) => first + second));

/** Prefixes (without `.*`) that learning opens whole, so that names not yet on the bus can be called and owned too. */
export const OPEN_PREFIXES: readonly string[] = [
  ...new Set([...GENERIC, ...countries, ...VENDORS.map((vendor) => `org.${vendor}`)]),
].filter((prefix) => !reachesProtected(prefix));
