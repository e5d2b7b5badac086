// Reading plain JavaScript objects whose shape TypeScript has already checked: what is wrong here is a bug, said with
// the key's name.
#pragma once
#include <napi.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace shuttle::reading {

[[noreturn]] inline void refuse(Napi::Env env, const std::string& text) { throw Napi::TypeError::New(env, text); }

inline std::string text_of(const Napi::Value& value, const char* key) {
  if (!value.IsString()) refuse(value.Env(), std::string(key) + " is no string");
  return value.As<Napi::String>().Utf8Value();
}
inline std::string text(const Napi::Object& from, const char* key) { return text_of(from.Get(key), key); }
inline std::string text_or_empty(const Napi::Object& from, const char* key) {
  const Napi::Value value = from.Get(key);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}
inline bool flag(const Napi::Object& from, const char* key) { return from.Get(key).ToBoolean(); }
inline double number(const Napi::Object& from, const char* key) {
  const Napi::Value value = from.Get(key);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
}
inline Napi::Object object(const Napi::Object& from, const char* key) {
  const Napi::Value value = from.Get(key);
  if (!value.IsObject()) refuse(from.Env(), std::string(key) + " is no object");
  return value.As<Napi::Object>();
}

// Calls `read` for each item of a list; a list that is not there is an empty one.
template <class Read>
void each(const Napi::Object& from, const char* key, Read read) {
  const Napi::Value value = from.Get(key);
  if (value.IsUndefined() || value.IsNull()) return;
  if (!value.IsArray()) refuse(from.Env(), std::string(key) + " is no list");
  const auto list = value.As<Napi::Array>();
  for (uint32_t at = 0; at < list.Length(); at++) {
    Napi::HandleScope scope(from.Env());
    read(list.Get(at));
  }
}
inline std::vector<std::string> texts(const Napi::Object& from, const char* key) {
  std::vector<std::string> out;
  each(from, key, [&](const Napi::Value& value) { out.push_back(text_of(value, key)); });
  return out;
}

// The enumerator whose name (by position) the text is.
template <class Word, size_t Count>
Word word(const Napi::Object& from, const char* key, const std::string_view (&names)[Count]) {
  const std::string name = text(from, key);
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) refuse(from.Env(), std::string(key) + ": unknown " + name);
  return static_cast<Word>(found - std::begin(names));
}

}  // namespace shuttle::reading
