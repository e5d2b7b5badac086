#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace shuttle {

// Who exports a COM object: an apartment, by a number of eight bytes (an OXID). Wine makes it of the process and the thread,
// so each VM has the same ones; between VMs a `far` one stands for it, which says whose it is.
using Exporter = uint64_t;

// `vm` is any number from 1 on, taken modulo what there is room for. Nothing where the process has no room in it, or where it
// is a far one already.
std::optional<Exporter> far_exporter(uint32_t vm, Exporter local);
bool is_far(Exporter exporter);
// Whether it is one of that VM's, and what that VM itself calls it.
bool belongs_to(Exporter exporter, uint32_t vm);
Exporter local_exporter(Exporter far);
// The process (as Windows numbers them) of one that is not far.
inline uint32_t process_of(Exporter local) { return static_cast<uint32_t>(local >> 32); }

// The pipe on which an exporter is called, and the way back.
std::string exporter_pipe(Exporter exporter);
std::optional<Exporter> exporter_of_pipe(std::string_view pipe);

// What stands for each exporter that is named. Writes only where what it is given is another number.
using Turn = std::function<Exporter(Exporter)>;
// The exporter in a reference to an object (MS-DCOM 2.2.18, a standard one) that is the whole of `bytes`.
std::optional<Exporter> exporter_of_reference(std::string_view bytes);
// Turns the exporters in all references that stand anywhere in `bytes`.
void turn_references(std::span<char> bytes, const Turn& turn);
// Turns the exporters in what IRemUnknown's RemQueryInterface answered: references without a head, in a table.
void turn_query_results(std::span<char> stub, const Turn& turn);
// Turns the one by which IRemUnknown itself is addressed, in the sixteen bytes that name whom a request is for.
void turn_target(std::span<char> ipid, const Turn& turn);

}  // namespace shuttle
