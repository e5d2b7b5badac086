#include "objref.h"

#include <string.h>

#include <charconv>

#include "../pattern.h"

namespace shuttle {

namespace {

// A far exporter's upper half: this bit, whose VM, which process. Processes of Windows are numbered from 32 on.
constexpr uint32_t kFar = 0x80000000u, kVms = 0x7ff, kProcessBits = 20, kProcesses = (1u << kProcessBits) - 1;
constexpr uint32_t vm_bits(uint32_t vm) { return ((vm - 1) % kVms + 1) << kProcessBits; }

constexpr std::string_view kSignature("MEOW\1\0\0\0", 8);  // and that it is a standard one
// Of a reference: signature and kind, the interface, two numbers, the exporter; the object and the interface's place; addresses.
constexpr size_t kExporterAt = 8 + 16 + 8, kReference = kExporterAt + 8 + 8 + 16;
// Of an answer to RemQueryInterface: flags and extensions, the pointer, how many; each a result, a gap and a reference's body.
constexpr size_t kResultsAt = 16, kResult = 8 + 8 + 8 + 8 + 16, kExporterInResult = 8 + 8;

Exporter read(std::span<const char> bytes, size_t at) {
  Exporter exporter = 0;
  for (size_t i = 0; i < sizeof exporter; i++) exporter |= Exporter{static_cast<uint8_t>(bytes[at + i])} << 8 * i;
  return exporter;
}

void turn_at(std::span<char> bytes, size_t at, const Turn& turn) {
  const Exporter before = read(bytes, at), after = turn(before);
  for (size_t i = 0; i < sizeof after && after != before; i++) bytes[at + i] = static_cast<char>(after >> 8 * i & 0xff);
}

constexpr std::string_view kPipe = "\\\\.\\PIPE\\LRPC\\PIPE\\OLE_";

}  // namespace

std::optional<Exporter> far_exporter(uint32_t vm, Exporter local) {
  if (process_of(local) > kProcesses) return std::nullopt;
  return Exporter{kFar | vm_bits(vm) | process_of(local)} << 32 | static_cast<uint32_t>(local);
}
bool is_far(Exporter exporter) { return (exporter >> 32 & kFar) != 0; }
bool belongs_to(Exporter exporter, uint32_t vm) { return is_far(exporter) && (exporter >> 32 & (kVms << kProcessBits)) == vm_bits(vm); }
Exporter local_exporter(Exporter far) { return far & (Exporter{kProcesses} << 32 | UINT32_MAX); }

std::string exporter_pipe(Exporter exporter) {
  char text[17];
  snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(exporter));
  return std::string("\\\\.\\pipe\\lrpc\\pipe\\OLE_") + text;
}

std::optional<Exporter> exporter_of_pipe(std::string_view pipe) {
  const std::string name = folded(pipe);
  if (!name.starts_with(kPipe) || name.size() != kPipe.size() + 16) return std::nullopt;
  Exporter exporter = 0;
  const char* end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data() + kPipe.size(), end, exporter, 16);
  return error == std::errc() && at == end ? std::optional(exporter) : std::nullopt;
}

std::optional<Exporter> exporter_of_reference(std::string_view bytes) {
  if (bytes.size() < kReference || !bytes.starts_with(kSignature)) return std::nullopt;
  return read({bytes.data(), bytes.size()}, kExporterAt);
}

void turn_references(std::span<char> bytes, const Turn& turn) {
  const std::string_view text(bytes.data(), bytes.size());
  for (size_t at = text.find(kSignature); at != text.npos && text.size() - at >= kReference; at = text.find(kSignature, at + 1)) turn_at(bytes, at + kExporterAt, turn);
}

void turn_query_results(std::span<char> stub, const Turn& turn) {
  for (size_t at = kResultsAt; stub.size() >= kResult && at <= stub.size() - kResult; at += kResult) turn_at(stub, at + kExporterInResult, turn);
}

void turn_target(std::span<char> ipid, const Turn& turn) {
  constexpr std::string_view kRemUnknown("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  if (ipid.size() == 16 && std::string_view(ipid.data(), 8) == kRemUnknown) turn_at(ipid, 8, turn);
}

}  // namespace shuttle
