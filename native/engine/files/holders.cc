#include "holders.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "../engine.h"
#include "state.h"

namespace shuttle {

namespace {

// The host's own namespaces are not files: what a VM has of these it has of its own.
bool is_private_kind(const std::string& name) {
  if (is_below(name, "/dev")) return !is_below(name, "/dev/shm");
  return is_below(name, "/proc") || is_below(name, "/sys");
}

// What the host's services keep for themselves, keys and tokens among it, is no program's unless a rule says so.
bool is_services_own(const Spot& spot) { return is_below(spot.name, "/run") && spot.owner == 0 && !(spot.mode & S_IROTH); }

// What stands there is what the VM was given: its base prefix, or the host's own file shown to it. Only what it made or
// changed itself is its own.
bool is_as_given(const ZoneMap& zones, const Spot& spot) {
  const std::string given = zones.on_host(spot.name);
  struct stat before, now;
  if (fstatat(AT_FDCWD, given.c_str(), &before, AT_SYMLINK_NOFOLLOW) != 0 || fstat(spot.file.get(), &now) != 0) return false;
  if ((before.st_mode & S_IFMT) != (now.st_mode & S_IFMT)) return false;
  if (S_ISDIR(now.st_mode)) return true;
  return before.st_size == now.st_size && before.st_mtim.tv_sec == now.st_mtim.tv_sec && before.st_mtim.tv_nsec == now.st_mtim.tv_nsec;
}

// Of a place where every VM has its own view of what was given: a file that the asker took away there, or was never
// shown, is not to be had from a neighbour who merely still has it.
bool is_everybodys(const ZoneMap& asker, const ZoneMap& other, const Spot& spot) {
  const Zone zone = other.of(spot.name);
  const bool given = zone == Zone::kOwn || zone == Zone::kBase || zone == Zone::kOutside;
  return given && asker.of(spot.name) == zone && is_as_given(other, spot);
}

// Another Windows VM's program is started there (windows/starts.h) rather than its file loaded here, unless rules give the
// file too.
bool is_started_there(const Vm& asker, const Vm& other, const Spot& spot) {
  if (!asker.windows() || !other.windows() || spot.name.size() < 4 || strcasecmp(spot.name.c_str() + spot.name.size() - 4, ".exe") != 0) return false;
  const std::string object = object_name(asker, spot.name);
  const std::vector<Owner> owner{{.place = other.name(), .image = {}}};
  return std::ranges::none_of(std::array{Op::kFileRead, Op::kFileWrite}, [&](Op op) {
    return rule_on(*asker.engine.rules, {.op = op, .from = asker.name(), .object = object}, owner, false).verdict == Verdict::kShuttled;
  });
}

}  // namespace

std::string Holder::place() const { return vm ? vm->name() : "host"; }

int host_root() {
  static const Fd root(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root.get();
}

Spot on_host(Vm& vm, const std::string& name, bool last) { return find_in(host_root(), files_of(vm).zones.on_host(name), last); }

bool is_on_host(Vm& vm, const std::string& name, bool last) {
  return faccessat(AT_FDCWD, files_of(vm).zones.on_host(name).c_str(), F_OK, last ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
}

std::string object_name(const Vm& vm, const std::string& name) {
  return vm.windows() ? drive_name(name, vm.spec.drives) : name;
}

std::vector<Holder> holders_of(Vm& vm, const std::string& name, bool last) {
  std::vector<Holder> holders;
  if (is_below(name, "/proc") || is_below(name, "/sys")) return holders;
  if (!is_private_kind(name))
    for (auto& other : vm.engine.others(vm)) {
      if (!other->running()) continue;
      // What hides from that VM is not its to give.
      Spot spot = find_in(other->init().root(), name, last);
      if (!spot.exists || is_private_kind(spot.name) || files_of(*other).zones.of(spot.name) == Zone::kProtected) continue;
      if (is_everybodys(files_of(vm).zones, files_of(*other).zones, spot) || is_started_there(vm, *other, spot)) continue;
      std::string object = spot.name;
      // What is hidden from the asker stays so, though the other VM was granted it.
      const bool hidden = files_of(vm).zones.of(object) == Zone::kProtected;
      holders.push_back({std::move(other), std::move(spot), std::move(object), hidden});
    }
  Spot spot = on_host(vm, name, last);
  if (spot.exists && !is_below(spot.name, "/proc") && !is_below(spot.name, "/sys")) {
    const ZoneMap& zones = files_of(vm).zones;
    std::string object = zones.from_host(spot.name);
    const bool hidden = zones.of(object) == Zone::kProtected || is_services_own(spot);
    holders.push_back({nullptr, std::move(spot), std::move(object), hidden});
  }
  std::erase_if(holders, [first = holders.empty() ? std::string() : holders.front().object](const Holder& holder) { return holder.object != first; });
  return holders;
}

Ruling rule_among(const Trap& trap, Op op, const std::string& object, uint32_t access, const std::vector<Holder>& holders, bool by_rule_only) {
  if (holders.empty()) return {};
  std::vector<Owner> owners;
  for (const Holder& holder : holders) owners.push_back({.place = holder.place(), .image = {}, .hidden = holder.hidden});
  Bindings bindings;
  Question asked{.op = op, .from = trap.vm.name(), .object = object};
  if (trap.vm.engine.rules->any(trap.vm.name(), op)) asked = question_of(trap, op, object, bindings);
  asked.access = access;
  Ruling ruling = rule_on(*trap.vm.engine.rules, asked, owners, trap.vm.spec.mode == Mode::kAllow && !by_rule_only);
  if (ruling.two_owners) trap.vm.engine.tell_two_owners(trap.vm.name(), object, owners);
  return ruling;
}

}  // namespace shuttle
