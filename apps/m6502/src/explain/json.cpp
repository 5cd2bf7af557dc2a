// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>

#include "explain/explanation.h"

namespace inlay::m6502 {

std::string quoted(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      made += '\\';
      made += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      made += escape;
    } else {
      made += c;
    }
  }
  return made + '"';
}

namespace {

std::string number(std::int64_t value) { return std::to_string(value); }
std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}
const char* truth(bool value) { return value ? "true" : "false"; }

template <class List, class Write>
std::string array(const List& list, Write write) {
  std::string made = "[";
  for (const auto& each : list) made += (made.size() > 1 ? "," : "") + write(each);
  return made + "]";
}

std::string code_of(const std::vector<MachineLine>& code) {
  return array(code, [](const MachineLine& line) {
    std::string made =
        "{\"offset\":" + number(static_cast<std::int64_t>(line.offset)) + ",\"text\":" + quoted(line.text);
    if (!line.symbol.empty()) made += ",\"symbol\":" + quoted(line.symbol);
    return made + "}";
  });
}

std::string listing_of(const RegionListing& listing) {
  std::string made = ",\"code_bytes\":" + number(static_cast<std::int64_t>(listing.code_bytes));
  made += ",\"listing\":" + array(listing.instructions, [](const ListedInstruction& each) {
            return "{\"pc\":" + number(std::int64_t{each.pc}) + ",\"label\":" + quoted(each.label) +
                   ",\"text\":" + quoted(each.listing) + ",\"heading\":" + quoted(each.heading) +
                   ",\"notes\":" + array(each.notes, quoted) + ",\"code\":" + code_of(each.code) + "}";
          });
  made += ",\"around\":" + code_of(listing.around);
  return made + ",\"functions\":" + array(listing.functions, [](const ListedFunction& each) {
           return "{\"name\":" + quoted(each.name) + ",\"code\":" + code_of(each.code) + "}";
         });
}

}  // namespace

std::string to_json(const Explanation& explanation) {
  const Statistics& s = explanation.statistics;
  std::string made = "{\"program\":" + quoted(explanation.program) + ",\"cycles\":" + number(s.cycles) +
                     ",\"cycles_in_regions\":" + number(explanation.cycles_in_regions()) +
                     ",\"compile_ms\":" + number(s.compile_ms) + ",\"invalidated\":" + number(s.invalidated) +
                     ",\"failed\":" + number(s.failed) + ",\"failure\":" + quoted(s.failure);
  made += ",\"regions\":" + array(explanation.regions, [](const ExplainedRegion& region) {
            const RegionAccount& account = region.account;
            return "{\"entry\":" + number(std::int64_t{region.entry}) + ",\"name\":" + quoted(region.name) +
                   ",\"instructions\":" + number(static_cast<std::int64_t>(region.instructions)) +
                   ",\"copies\":" + number(static_cast<std::int64_t>(region.copies)) +
                   ",\"active\":" + truth(account.active) + ",\"cut\":" + truth(account.region.cut) +
                   ",\"entered\":" + number(account.entered) + ",\"cycles\":" + number(account.cycles) +
                   ",\"compile_ms\":" + number(account.milliseconds) +
                   ",\"object_bytes\":" + number(static_cast<std::int64_t>(account.bytes)) +
                   (region.listing ? listing_of(*region.listing) : "") + "}";
          });
  made += ",\"not_compiled\":" + array(explanation.not_compiled, [](const NotCompiled& each) {
            return "{\"pc\":" + number(std::int64_t{each.pc}) + ",\"text\":" + quoted(each.listing) +
                   ",\"why\":" + quoted(each.why) + "}";
          });
  return made + "}\n";
}

}  // namespace inlay::m6502
