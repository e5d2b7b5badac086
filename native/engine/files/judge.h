#pragma once
#include "../vm.h"

// Which verdict a file gets (design, section 2), as a pure function of where it lies and who has it.
namespace shuttle {

struct Found {
  Zone zone = Zone::kOutside;
  bool here = false;         // the VM sees it
  bool folder_here = false;  // the VM sees the folder it would be in
  bool on_host = false;
  bool folder_on_host = false;  // asked for where something would be created
  bool other_vm = false;
  bool learning = false;
};

enum class Course {
  kSilent,    // the VM's own affair: continued, not recorded
  kHost,      // the host's file, which the mounts show
  kPrivate,   // a change that meets the VM's private copy
  kAsk,       // not in the VM, but somebody outside has it: rules decide
  kHidden,    // a change that the mounts refuse, of what exists outside
  kNowhere,
};

// Reading, listing, loading.
inline Course judge_read(const Found& found) {
  if (found.zone == Zone::kBase) return Course::kSilent;
  if (found.here) {
    // The mask over a protected file is there, what it hides is meant.
    if (found.zone == Zone::kProtected) return found.on_host ? Course::kAsk : Course::kSilent;
    if (found.zone != Zone::kOutside) return Course::kSilent;
    return found.on_host ? Course::kHost : Course::kSilent;
  }
  if (found.other_vm) return Course::kAsk;
  const bool own_host_folder = found.zone == Zone::kOwn || found.zone == Zone::kMount;
  // While learning the host's files are shown: what is on the host but not here, the program itself took away.
  const bool taken_away = own_host_folder || (found.zone == Zone::kOutside && found.learning && found.folder_here);
  if (found.on_host && !taken_away) return Course::kAsk;
  // A folder of the VM's own holds what the VM puts there: nothing was missed outside.
  return own_host_folder ? Course::kSilent : Course::kNowhere;
}

// Writing, creating (`creates`), deleting.
inline Course judge_change(const Found& found, bool creates) {
  switch (found.zone) {
    case Zone::kOwn:
    case Zone::kMount:
    case Zone::kPrivate:
      if (!found.here && !creates && found.other_vm) return Course::kAsk;
      return Course::kSilent;
    case Zone::kProtected: return found.on_host ? Course::kHidden : Course::kNowhere;
    case Zone::kBase:
    case Zone::kOutside: break;
  }
  if (found.here) return found.on_host ? Course::kPrivate : Course::kSilent;
  if (creates && found.folder_here) return Course::kPrivate;
  if (!creates && found.other_vm) return Course::kAsk;
  return found.on_host || (creates && found.folder_on_host) ? Course::kHidden : Course::kNowhere;
}

// Whether a user who has no privilege may use a file or folder so, by its owner, group and mode.
inline bool mode_allows(mode_t mode, bool is_owner, bool is_group, mode_t bits) {
  const int shift = is_owner ? 6 : is_group ? 3 : 0;
  return ((mode >> shift) & bits) == bits;
}

}  // namespace shuttle
