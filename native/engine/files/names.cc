#include "names.h"

namespace shuttle {

bool is_canonical(std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  if (path.size() == 1) return true;
  if (path.back() == '/') return false;
  for (size_t i = 0; i + 1 < path.size(); i++) {
    if (path[i] != '/') continue;
    if (path[i + 1] == '/') return false;
    if (path[i + 1] != '.') continue;
    size_t end = path.find('/', i + 1);
    if (end == std::string_view::npos) end = path.size();
    const auto part = path.substr(i + 1, end - i - 1);
    if (part == "." || part == "..") return false;
  }
  return true;
}

std::string canonical(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size();) {
    size_t end = path.find('/', at);
    if (end == std::string_view::npos) end = path.size();
    const auto part = path.substr(at, end - at);
    if (part == "..")
      out.resize(out.empty() ? 0 : out.rfind('/'));
    else if (!part.empty() && part != ".")
      out.append("/").append(part);
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

std::string joined(std::string_view folder, std::string_view name) {
  if (!name.empty() && name[0] == '/') return std::string(name);
  std::string out(folder);
  if (!out.ends_with('/')) out += '/';
  return out.append(name);
}

bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty() || folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

std::string_view leaf_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_library(std::string_view path) {
  const auto name = leaf_of(path);
  if (name.size() > 4) {
    std::string end(name.substr(name.size() - 4));
    for (char& c : end)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (end == ".dll") return true;
  }
  const size_t dot = name.rfind(".so");
  if (dot == std::string_view::npos || dot == 0) return false;
  const auto version = name.substr(dot + 3);
  return version.empty() || (version[0] == '.' && version.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::string drive_name(std::string_view path, const std::vector<Drive>& drives) {
  const Drive* best = nullptr;
  for (const Drive& drive : drives)
    if (is_below(path, drive.path) && (!best || drive.path.size() > best->path.size())) best = &drive;
  if (!best) return std::string(path);
  const size_t skip = best->path == "/" ? 0 : best->path.size();
  std::string out{best->letter, ':'};
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  for (const char c : path.substr(skip)) out += c == '/' ? '\\' : c;
  if (out.size() == 2) out += '\\';
  return out;
}

ZoneMap::ZoneMap(std::vector<ZonePath> zones) : zones_(std::move(zones)) {
  for (ZonePath& zone : zones_)
    if (zone.path == "/") zone.path.clear();
  for (size_t at = 0; at < zones_.size(); at++) by_path_.emplace(zones_[at].path, at);
}

const ZonePath& ZoneMap::entry(std::string_view path) const {
  for (;;) {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return zones_[found->second];
    if (path.empty()) return elsewhere_;
    const size_t slash = path.rfind('/');
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
}

std::string ZoneMap::on_host(std::string_view path) const {
  const ZonePath& zone = entry(path);
  if (zone.from.empty() || zone.from == zone.path) return std::string(path);
  std::string out = zone.from;
  if (out.ends_with('/')) out.pop_back();
  return out.append(path.substr(zone.path.size()));
}

std::string ZoneMap::from_host(std::string_view host) const {
  const ZonePath* best = nullptr;
  for (const ZonePath& zone : zones_)
    if (!zone.from.empty() && is_below(host, zone.from) && (!best || zone.from.size() > best->from.size())) best = &zone;
  if (!best || best->from == best->path) return std::string(host);
  std::string out = best->path;
  if (best->from != "/") host.remove_prefix(best->from.size());
  out.append(host);
  return out.empty() ? "/" : out;
}

}  // namespace shuttle
