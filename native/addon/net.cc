#include "net.h"

#include <string>
#include <vector>

#include "../engine/net/dns_message.h"
#include "../engine/net/resolvers.h"
#include "../engine/net/sock_diag.h"

namespace shuttle {
namespace {

std::string bytes_of(const Napi::Value& value) {
  auto buffer = value.As<Napi::Uint8Array>();
  return {reinterpret_cast<const char*>(buffer.Data()), buffer.ByteLength()};
}

Napi::Value buffer_of(Napi::Env env, const std::string& bytes) { return Napi::Buffer<char>::Copy(env, bytes.data(), bytes.size()); }

Napi::Array texts_of(Napi::Env env, const std::vector<Address>& addresses) {
  auto list = Napi::Array::New(env, addresses.size());
  for (uint32_t i = 0; i < addresses.size(); i++) list[i] = addresses[i].port ? addresses[i].text() : addresses[i].host();
  return list;
}

// {id, name, type, room, recursion, extended} or the code that refuses it.
Napi::Value dns_query(const Napi::CallbackInfo& info) {
  DnsCode code{};
  auto query = parse_query(bytes_of(info[0]), &code);
  if (!query) return Napi::Number::New(info.Env(), static_cast<int>(code));
  auto out = Napi::Object::New(info.Env());
  out["id"] = Napi::Number::New(info.Env(), query->id);
  out["name"] = Napi::String::New(info.Env(), query->name);
  out["type"] = Napi::String::New(info.Env(), dns_type_name(query->type));
  out["room"] = Napi::Number::New(info.Env(), query->room);
  out["recursion"] = Napi::Boolean::New(info.Env(), query->recursion);
  out["extended"] = Napi::Boolean::New(info.Env(), query->extended);
  return out;
}

// (query, reply): {code, truncated, addresses}, or null where it is no answer to the query.
Napi::Value dns_reply(const Napi::CallbackInfo& info) {
  auto query = parse_query(bytes_of(info[0]));
  if (!query) return info.Env().Null();
  auto reply = parse_reply(bytes_of(info[1]), *query, query->id);
  if (!reply) return info.Env().Null();
  auto out = Napi::Object::New(info.Env());
  out["code"] = Napi::Number::New(info.Env(), static_cast<int>(reply->code));
  out["truncated"] = Napi::Boolean::New(info.Env(), reply->truncated);
  out["addresses"] = texts_of(info.Env(), reply->addresses);
  return out;
}

// (query, code, addresses): the engine's own answer.
Napi::Value dns_answer(const Napi::CallbackInfo& info) {
  auto query = parse_query(bytes_of(info[0]));
  if (!query) return info.Env().Null();
  std::vector<Address> addresses;
  auto list = info[2].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++)
    if (auto address = parse_endpoint(list.Get(i).ToString().Utf8Value(), 0)) addresses.push_back(*address);
  return buffer_of(info.Env(), build_reply(*query, static_cast<DnsCode>(info[1].ToNumber().Int32Value()), addresses));
}

// (query, reply, room): a resolver's answer as the program gets it.
Napi::Value dns_passed(const Napi::CallbackInfo& info) {
  auto query = parse_query(bytes_of(info[0]));
  if (!query) return info.Env().Null();
  return buffer_of(info.Env(), pass_reply(*query, bytes_of(info[1]), info[2].ToNumber().Uint32Value()));
}

Napi::Value resolvers_in(const Napi::CallbackInfo& info) {
  return texts_of(info.Env(), parse_resolvers(info[0].ToString().Utf8Value()));
}

Napi::Value hosts_in(const Napi::CallbackInfo& info) {
  return texts_of(info.Env(), parse_hosts(info[0].ToString().Utf8Value(), info[1].ToString().Utf8Value()));
}

// ('tcp' | 'udp', 'host:port'): the inode of the socket that answers there in this process's network, or 0.
Napi::Value listener_at(const Napi::CallbackInfo& info) {
  auto address = parse_endpoint(info[1].ToString().Utf8Value(), 0);
  uint32_t inode = 0;
  if (!address) throw Napi::TypeError::New(info.Env(), "not an address");
  sockaddr_storage at;
  address->put(at);
  Fd diag = diag_socket();
  auto& raw = reinterpret_cast<sockaddr&>(at);
  if (info[0].ToString().Utf8Value() == "tcp") tcp_listens(diag.get(), raw, &inode);
  else udp_bound(diag.get(), raw, &inode);
  return Napi::Number::New(info.Env(), inode);
}

// The abstract name or path: the socket's inode, or 0.
Napi::Value unix_listener_at(const Napi::CallbackInfo& info) {
  UnixSocket found;
  Fd diag = diag_socket();
  unix_listens(diag.get(), info[0].ToString().Utf8Value(), &found);
  return Napi::Number::New(info.Env(), found.inode);
}

Napi::Value socket_image(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), image_of_socket(info[0].ToNumber().Uint32Value(), 0));
}

}  // namespace

void register_net(Napi::Env env, Napi::Object exports) {
  auto net = Napi::Object::New(env);
  net["dnsQuery"] = Napi::Function::New(env, dns_query);
  net["dnsReply"] = Napi::Function::New(env, dns_reply);
  net["dnsAnswer"] = Napi::Function::New(env, dns_answer);
  net["dnsPassed"] = Napi::Function::New(env, dns_passed);
  net["resolvers"] = Napi::Function::New(env, resolvers_in);
  net["hosts"] = Napi::Function::New(env, hosts_in);
  net["listener"] = Napi::Function::New(env, listener_at);
  net["unixListener"] = Napi::Function::New(env, unix_listener_at);
  net["socketImage"] = Napi::Function::New(env, socket_image);
  exports["net"] = net;
}

}  // namespace shuttle
