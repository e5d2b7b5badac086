// The engine's pure parsers against hostile bytes, built with the address and undefined-behaviour sanitizers by
// test/native/fuzz.test.ts. The same inputs each time: a small corpus, changed by a generator with a fixed seed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../engine/handed.h"
#include "../engine/json.h"
#include "../engine/net/descriptors.h"
#include "../engine/net/dns_message.h"
#include "../engine/pattern.h"
#include "../engine/recorder.h"
#include "../engine/utf8.h"
#include "../engine/windows/command_line.h"
#include "../engine/windows/objref.h"
#include "../engine/windows/rpc_pdu.h"
#include "../init/wire.h"

using namespace shuttle;

namespace {

struct Chance {
  uint64_t state = 0x9e3779b97f4a7c15u;
  uint32_t operator()(uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return static_cast<uint32_t>(state >> 32) % below;
  }
};

void must(bool held, const char* what) {
  if (held) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

// Bytes cut, changed, doubled or joined with others.
std::string changed(Chance& chance, std::string bytes, const std::vector<std::string>& corpus) {
  for (uint32_t times = chance(6); times > 0; times--) {
    const uint32_t at = chance(static_cast<uint32_t>(bytes.size()) + 1);
    switch (chance(5)) {
      case 0: bytes.resize(at); break;
      case 1: bytes.insert(at, 1, static_cast<char>(chance(256))); break;
      case 2: if (at < bytes.size()) bytes[at] = static_cast<char>(chance(256)); break;
      case 3: bytes.insert(at, bytes.substr(0, chance(64))); break;
      default: bytes += corpus[chance(static_cast<uint32_t>(corpus.size()))];
    }
    if (bytes.size() > 4096) bytes.resize(4096);
  }
  return bytes;
}

const std::string kQuery("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x03www\x07" "example\x03org\x00\x00\x01\x00\x01\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00", 44);
const std::string kReply("\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\x03www\x07" "example\x03org\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x01\x02\x03\x04\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x05\x06\x07\x08", 65);

void dns(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {kQuery, kReply, std::string("\xc0\x0c", 2), std::string("\x3f"), std::string(12, '\0')};
  const auto asked = parse_query(kQuery);
  must(asked.has_value() && asked->name == "www.example.org", "the corpus is no query");
  must(parse_reply(kReply, *asked, 0x1234)->addresses.size() == 2, "the corpus is no reply");
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[chance(2)], corpus);
    DnsCode code{};
    if (const auto query = parse_query(bytes, &code)) {
      must(parse_query(build_query(*query, 7)).has_value(), "a query that was built is none");
      build_reply(*query, DnsCode::kNoName);
    }
    parse_reply(bytes, *asked, 0x1234);
    must(pass_reply(*asked, bytes, 512).size() <= std::max<size_t>(512, kQuery.size()), "a reply has no room");
    build_refusal(bytes, DnsCode::kFormat);
  }
}

Pattern pattern(Chance& chance, const std::vector<std::string>& texts) {
  Pattern made;
  for (uint32_t parts = 1 + chance(5); parts > 0; parts--) {
    PatternPart part;
    part.literal = chance(3) == 0;
    if (part.literal) part.text = texts[chance(static_cast<uint32_t>(texts.size()))];
    else {
      part.token = static_cast<Token>(chance(static_cast<uint32_t>(Token::kRest) + 1));
      if (part.token == Token::kHex) part.width = chance(4) * 8;
    }
    made.push_back(part);
  }
  return made;
}

void names(Chance& chance, int rounds) {
  const std::vector<std::string> texts = {"/tmp/x-12", "\xc3\xbc\xc3\x9f", "20261122", "0a1b2c3d-0000-4000-8000-1234567890ab", "\\\\.\\pipe\\x", "\xff\xc3(", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "a_Z:", "235959"};
  Bindings bindings;
  for (std::string& value : bindings.values) value = texts[chance(10)];
  for (int round = 0; round < rounds; round++) {
    const bool fold = chance(2) == 0;
    const BoundPattern bound(pattern(chance, texts), fold, &bindings, {texts[0], texts[1]});
    for (int one = 0; one < 4; one++) {
      const std::string name = changed(chance, texts[chance(10)], texts);
      bound.matches(fold ? folded(name) : name);
      must(folded(folded(name)) == folded(name), "folding twice is not folding once");
      std::string scratch;
      must(is_text(to_text(name, 256, scratch)), "escaped bytes are no text");
    }
  }
}

void json(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {R"({"argv":["a","\u00e4",null,true,-1.5e3],"x":{}})", R"(["\"\\"])", "{\"\xff\":1}", std::string(300, '['), R"({"a":1,"a":2})"};
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[chance(5)], corpus);
    std::string scratch, quoted;
    const std::string_view made = to_json(bytes, '{', 256, scratch);
    must(bytes.empty() || is_json(made, '{'), "what was made JSON is none");
    append_json_string(quoted, made);
  }
}

// What init is told: a plan that was read is one that can be written and read again.
void wires(Chance& chance, int rounds) {
  wire::Plan plan;
  plan.vm.hostname = "lab";
  plan.vm.filter = std::string(64, '\x06');
  plan.vm.program = {.argv = {"/bin/true", "a b"}, .cwd = "/", .env = {"A=1"}};
  plan.vm.steps = {{.what = MountStep::Do::kOverlay, .to = "/etc", .from = "/etc", .text = "", .upper = "/u", .work = "/w", .lower = {"/etc", "/x"}},
                   {.what = MountStep::Do::kMask, .to = "/root", .from = "", .text = "", .upper = "", .work = "", .lower = {}}};
  plan.sources = {{"/etc", true}};
  const std::vector<std::string> corpus = {wire::encode(plan), std::string(8, '\xff'), std::string(16, '\0')};
  wire::Plan whole;
  must(wire::decode(corpus[0], whole) && wire::encode(whole) == corpus[0], "a plan is not what was told");
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[0], corpus);
    wire::Plan read, again;
    if (wire::decode(bytes, read)) must(wire::decode(wire::encode(read), again), "a plan that was read cannot be told");
    wire::Reader launch(bytes), sources(bytes);
    wire::get_launch(launch);
    wire::get_sources(sources);
  }
}

// Control data of messages, of which a program writes the lengths.
void controls(Chance& chance, int rounds) {
  std::string control;
  const int numbers[] = {3, 4, 5};
  put_control(control, SOL_SOCKET, SCM_RIGHTS, {reinterpret_cast<const char*>(numbers), sizeof numbers});
  must(descriptor_numbers(control).size() == 3, "control data is not what was put");
  const std::vector<std::string> corpus = {control, std::string(8, '\xff'), std::string("\x14\0\0\0\0\0\0\0", 8)};
  for (int round = 0; round < rounds; round++) descriptor_numbers(changed(chance, corpus[0], corpus));
}

// What channels brought: bytes of whatever kind, searched for names.
void handed(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {R"({"file":"C:\\dir\\a.txt","port":51234})", std::string("C\0:\0\\\0x\0y\0z\0", 12), "file:///tmp/a%20b.txt",
                                           R"(\\?\C:\PROGRA~1\x)", "\\u00e4\\x41\\101", "//server/c$/x", "\xd8\xff\xdc\xff", "0a1b2c3d-0000-4000-8000-1234567890ab"};
  Handed all;
  for (int round = 0; round < rounds; round++) {
    const std::string bytes = changed(chance, corpus[chance(8)], corpus), name = changed(chance, corpus[chance(8)], corpus);
    const bool fold = chance(2) == 0;
    for (const std::string& text : readings_of(bytes)) tells_path(plain_text(text, fold), name, fold);
    all.hear(chance(2) ? "one" : "two", chance(300), bytes);
    if (round % 16) continue;
    std::vector<Given> given;
    all.fill(name, fold, given);
  }
}

// Rows of hostile texts: each is kept or counted as lost, and nothing else.
void rows(Chance& chance, int rounds) {
  const std::vector<std::string> corpus = {"/tmp/x", "\xff\xfe", R"({"argv":["a"]})", std::string(3000, 'x'), std::string(1, '\0')};
  Recorder recorder({.slots = 2, .rows = 64, .max_name_bytes = 1 << 16});
  Table& table = *recorder.tables()[0];
  for (int round = 0; round < rounds; round++) {
    const std::string object = changed(chance, corpus[chance(5)], corpus), detail = changed(chance, corpus[2], corpus);
    recorder.record(Row{.vm = "a", .op = Op::kUnixConnect, .object = object, .peer = object, .verdict = Verdict::kAbsent, .detail = detail});
    recorder.record(Payload{.channel = 1, .size = static_cast<uint32_t>(object.size()), .bytes = object});
    recorder.record(Process{.vm = "a", .pid = 1, .image = object, .argv = detail, .started = 0});
    if (round % 32) continue;
    recorder.flush();
    for (Table* each : recorder.tables())
      while (const auto taken = each->take()) each->release(taken->index, true);
  }
  recorder.close();
  while (const auto taken = table.take()) table.release(taken->index, true);
  const Tally tally = recorder.ledger();
  must(tally.seen[0] == static_cast<uint64_t>(rounds) && tally.seen[0] == tally.stored[0] + tally.lost[0], "rows went missing");
}

// What Windows programs say: packets of RPC, and command lines.
void windows(Chance& chance, int rounds) {
  using namespace std::string_literals;
  const std::string bind = "\5\0\13\3\20\0\0\0\110\0\0\0\1\0\0\0\320\26\320\26\0\0\0\0\1\0\0\0\0\0\1\0"s + std::string(40, '\7');
  const std::vector<std::string> corpus = {bind, "\5\0\0\3\20\0\0\0\034\0\0\0\2\0\0\0\4\0\0\0\0\0\1\0abcd"s, R"("C:\a b.exe" \"x y\\" ""z)", "\\\\"};
  must(rpc_packet(bind).has_value() && rpc_packet(bind)->contexts.size() == 1, "a bind is not understood");
  for (int round = 0; round < rounds; round++) {
    const std::string text = changed(chance, corpus[chance(4)], corpus);
    if (const auto packet = rpc_packet(text)) must(packet->contexts.size() <= 255 && rpc_refusal(*packet).size() < 64, "a packet grew");
    size_t chars = 0;
    for (const std::string& word : arguments_of(text)) chars += word.size();
    must(chars <= text.size(), "words grew");
  }
}

// References to COM objects: what is not an exporter stays, and the way there and back is one.
void references(Chance& chance, int rounds) {
  using namespace std::string_literals;
  const std::string reference = "MEOW\1\0\0\0"s + std::string(16, '\2') + std::string(8, '\3') + "\x0a\0\0\0\xb4\0\0\0"s + std::string(24, '\4') + std::string(4, '\0');
  const std::string unknown = std::string(8, '\xff') + "\x0a\0\0\0\xb4\0\0\0"s;
  const std::vector<std::string> corpus = {reference, unknown, "MEOW", std::string(64, '\0'), "\\\\.\\pipe\\lrpc\\pipe\\OLE_000000b40000000a"};
  const Turn away = [](Exporter local) { return is_far(local) ? local : far_exporter(3, local).value_or(local); };
  const Turn back = [](Exporter far) { return belongs_to(far, 3) ? local_exporter(far) : far; };
  must(exporter_of_reference(reference) == Exporter{0xb4} << 32 | 0xa, "a reference is not understood");
  must(exporter_of_pipe(corpus[4]) == exporter_of_reference(reference), "a pipe is not understood");
  must(exporter_of_pipe(exporter_pipe(*far_exporter(3, 0xb40000000a))) == far_exporter(3, 0xb40000000a), "a far pipe is not understood");
  must(!far_exporter(1, Exporter{0x100000} << 32), "a process that has no room was given some");
  std::string turned = reference;
  turn_references(turned, away);
  must(turned != reference && exporter_of_reference(turned) == far_exporter(3, 0xb40000000a), "a reference was not turned");
  turned = unknown;
  turn_target(turned, away);
  must(turned.substr(0, 8) == unknown.substr(0, 8) && turned.substr(8) != unknown.substr(8), "a target was not turned");
  for (int round = 0; round < rounds; round++) {
    const std::string text = changed(chance, corpus[chance(5)], corpus);
    std::string there = text;
    turn_references(there, away);
    turn_references(there, back);
    must(there.size() == text.size(), "bytes went missing");
    turn_query_results(there, away);
    turn_target(there, back);
    exporter_of_reference(there);
    exporter_of_pipe(there);
    if (const auto answer = rpc_answer(there)) must(answer->body <= there.size(), "an answer begins behind its end");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 4000;
  Chance chance;
  dns(chance, rounds);
  names(chance, rounds);
  json(chance, rounds);
  wires(chance, rounds);
  controls(chance, rounds);
  handed(chance, rounds / 20);  // each looks through all that came
  rows(chance, rounds / 4);
  windows(chance, rounds);
  references(chance, rounds);
  return 0;
}
