#include "vm_reader.h"

#include "reading.h"
#include "rules.h"

namespace shuttle {

namespace {

using namespace reading;

constexpr std::string_view kSteps[] = {"folder", "link", "file", "bind", "overlay", "memory", "proc", "devices", "queues", "mask"};
constexpr std::string_view kModes[] = {"allow", "deny", "enforce"};
constexpr std::string_view kZones[] = {"base", "own", "mount", "private", "protected", "outside"};
constexpr std::string_view kPayloads[] = {"none", "head", "full"};

// Only what a kind of step has is asked for: a plan can hide hundreds of names, and each look costs.
MountStep step_from(const Napi::Value& value) {
  using Do = MountStep::Do;
  const auto from = value.As<Napi::Object>();
  MountStep step;
  step.what = word<Do>(from, "do", kSteps);
  step.to = text(from, "to");
  if (step.what == Do::kMask) return step;
  if (step.what == Do::kLink) return step.from = text(from, "target"), step;
  step.optional = flag(from, "optional");
  switch (step.what) {
    case Do::kOverlay:
      step.lower = texts(from, "lower");
      step.upper = text_or_empty(from, "upper");
      step.work = text_or_empty(from, "work");
      step.is_volatile = flag(from, "volatile");
      break;
    case Do::kBind:
      step.from = text(from, "from");
      step.write = flag(from, "write");
      break;
    default:
      step.mode = static_cast<uint32_t>(number(from, "mode"));
      step.bytes = static_cast<uint64_t>(number(from, "bytes"));
      step.text = text_or_empty(from, "text");
  }
  return step;
}

std::vector<std::string> environment_from(const Napi::Object& from) {
  std::vector<std::string> out;
  const Napi::Array names = from.GetPropertyNames();
  for (uint32_t at = 0; at < names.Length(); at++) {
    const std::string name = text_of(names.Get(at), "env");
    out.push_back(name + "=" + text(from, name.c_str()));
  }
  return out;
}

VmPlan plan_from(const Napi::Object& from) {
  VmPlan plan;
  plan.hostname = text(from, "hostname");
  const Napi::Object user = object(from, "user");
  plan.uid = static_cast<uid_t>(number(user, "uid"));
  plan.gid = static_cast<gid_t>(number(user, "gid"));
  plan.shift = flag(user, "shift");
  each(from, "steps", [&](const Napi::Value& value) { plan.steps.push_back(step_from(value)); });
  const Napi::Object limits = object(from, "limits");
  plan.memory = static_cast<uint64_t>(number(limits, "memory"));
  plan.processes = static_cast<uint64_t>(number(limits, "processes"));
  plan.cpu_seconds = static_cast<uint64_t>(number(limits, "cpu"));
  plan.disk = static_cast<uint64_t>(number(limits, "disk"));
  plan.program = {texts(from, "program"), text(from, "cwd"), environment_from(object(from, "env"))};
  stdio_from(from, plan.stdio);
  return plan;
}

}  // namespace

Launch launch_from(const Napi::Object& from) { return {texts(from, "argv"), text(from, "cwd"), environment_from(object(from, "env"))}; }

void stdio_from(const Napi::Object& from, int stdio[3]) {
  const Napi::Object list = object(from, "stdio");
  for (uint32_t at = 0; at < 3; at++) stdio[at] = list.Get(at).ToNumber().Int32Value();
}

VmSpec vm_spec_from(const Napi::Value& value) {
  const auto from = value.As<Napi::Object>();
  VmSpec spec;
  spec.name = text(from, "name");
  spec.mode = word<Mode>(from, "mode", kModes);
  spec.audit = flag(from, "audit");
  spec.reader = flag(from, "reader");
  spec.windows32 = flag(from, "windows32");
  spec.plan = plan_from(from);
  each(from, "zones", [&](const Napi::Value& each_zone) {
    const auto zone = each_zone.As<Napi::Object>();
    spec.zones.push_back({text(zone, "path"), word<Zone>(zone, "zone", kZones), text_or_empty(zone, "from")});
  });
  for (std::string& path : texts(from, "hidden")) spec.zones.push_back({path, Zone::kProtected, path});
  each(from, "lazy", [&](const Napi::Value& each_overlay) {
    const auto overlay = each_overlay.As<Napi::Object>();
    spec.lazy.push_back({text(overlay, "to"), texts(overlay, "lower"), text(overlay, "upper"), text(overlay, "work")});
  });
  each(from, "drives", [&](const Napi::Value& each_drive) {
    const auto drive = each_drive.As<Napi::Object>();
    spec.drives.push_back({text(drive, "letter").at(0), text(drive, "path")});
  });
  spec.sockets = texts(from, "sockets");
  spec.dock = texts(from, "dock");
  spec.shown = texts(from, "shown");
  spec.variables = bindings_from(from.Get("variables"));
  spec.payload = word<PayloadKept>(from, "payload", kPayloads);
  return spec;
}

}  // namespace shuttle
