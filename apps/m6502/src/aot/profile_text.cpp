// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A profile as text:
//
//   # inlay-6502 profile, 65c02
//   # loop.bin: 1292 cycles, 516 instructions
//   #
//   # addr  bytes   cycles  instructions  share  marks  instruction
//   1002    E8         512           256   39.6  j      INX
//
// All but the first line and the address, bytes, cycles, instructions and marks of others is for people.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <optional>

#include "aot/profile.h"
#include "core/opcodes.h"
#include "formats/number.h"
#include "formats/words.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502 {

namespace {

constexpr std::string_view Head = "# inlay-6502 profile, ";
constexpr std::pair<Variant, std::string_view> Variants[] = {
    {Variant::Nmos, "6502"}, {Variant::Ricoh2A03, "2a03"}, {Variant::Cmos, "65c02"}};
/// In the column of marks.
constexpr char Place = 'j', None = '-';
constexpr std::int64_t Most = std::int64_t{1} << 62;

template <class... Values>
std::string format(const char* form, Values... values) {
  char line[256];
  std::snprintf(line, sizeof line, form, values...);
  return line;
}

double share(std::int64_t part, std::int64_t all) {
  return all > 0 ? 100 * static_cast<double>(part) / static_cast<double>(all) : 0;
}

struct Sum {
  std::string name;
  std::int64_t cycles = 0, times = 0;
};

/// What ran from each label on, up to the next; the most cycles first.
std::vector<Sum> by_label(const Profile& profile, const Labels& labels) {
  std::vector<Sum> sums;
  std::optional<Sum> now;
  for (std::size_t pc = 0; pc < profile.lines().size(); ++pc) {
    if (const std::string_view name = labels.name_of(static_cast<std::uint16_t>(pc)); !name.empty()) {
      if (now) sums.push_back(*std::move(now));
      now = {std::string(name)};
    }
    const ProfileLine& line = profile.lines()[pc];
    if (line.times > 0 && !now) now = Sum{"(before all labels)"};
    if (!now) continue;
    now->cycles += line.cycles;
    now->times += line.times;
  }
  if (now) sums.push_back(*std::move(now));
  std::erase_if(sums, [](const Sum& sum) { return sum.times == 0; });
  std::sort(sums.begin(), sums.end(), [](const Sum& a, const Sum& b) {
    return std::pair(-a.cycles, std::string_view(a.name)) < std::pair(-b.cycles, std::string_view(b.name));
  });
  return sums;
}

std::string marks_of(const ProfileLine& line) {
  std::string marks;
  if (line.place) marks += Place;
  for (int k = 0; k < 3; ++k)
    if (line.changed >> k & 1) marks += static_cast<char>('0' + k);
  return marks.empty() ? std::string(1, None) : marks;
}

/// Of a line; false if it is none.
bool read_line(std::string_view text, Variant variant, std::vector<ProfileLine>& lines) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < 6 || words[0].size() != 4) return false;
  for (const std::string_view word : {words[0], words[1]})
    if (word.find_first_not_of("0123456789ABCDEFabcdef") != word.npos) return false;
  const std::optional<std::uint32_t> pc = parse_hex(words[0]);
  if (!pc || *pc > 0xFFFF) return false;
  ProfileLine& line = lines[*pc];
  const std::string_view bytes = words[1];
  if (bytes.empty() || bytes.size() > 6 || bytes.size() % 2 != 0) return false;
  for (std::size_t k = 0; k < bytes.size(); k += 2) {
    const std::optional<std::uint32_t> byte = parse_hex(bytes.substr(k, 2));
    if (!byte || *byte > 0xFF) return false;
    line.bytes[k / 2] = static_cast<std::uint8_t>(*byte);
  }
  line.length = static_cast<std::uint8_t>(bytes.size() / 2);
  if (line.length != opcode_table(variant)[line.bytes[0]].length) return false;
  for (auto [word, number] : {std::pair(words[2], &line.cycles), std::pair(words[3], &line.times)}) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), *number);
    if (error != std::errc() || end != word.data() + word.size() || *number < 0 || *number > Most / 65536) return false;
  }
  for (const char mark : words[5]) {
    if (mark == Place)
      line.place = true;
    else if (mark >= '0' && mark < '0' + line.length)
      line.changed |= static_cast<std::uint8_t>(1u << (mark - '0'));
    else if (mark != None)
      return false;
  }
  return true;
}

}  // namespace

std::string to_text(const Profile& profile, const std::string& name, const Labels& labels) {
  const std::int64_t cycles = profile.cycles();
  std::string shown = name;
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  std::string text(Head);
  for (const auto& [variant, called] : Variants)
    if (variant == profile.variant()) text += called;
  text += "\n# " + shown +
          format(": %lld cycles, %lld instructions\n", static_cast<long long>(cycles),
                 static_cast<long long>(profile.instructions()));
  if (!labels.empty()) {
    text += "#\n#       cycles  instructions   share  from label\n";
    for (const Sum& sum : by_label(profile, labels))
      text += format("# %12lld  %12lld  %6.2f  ", static_cast<long long>(sum.cycles), static_cast<long long>(sum.times),
                     share(sum.cycles, cycles)) +
              sum.name + '\n';
  }
  text +=
      "#\n# Marks: j control came to it by a jump; 0, 1, 2 the program changed that byte of it.\n"
      "# addr bytes        cycles  instructions   share  marks  instruction\n";
  for (std::size_t at = 0; at < profile.lines().size(); ++at) {
    const ProfileLine& line = profile.lines()[at];
    if (line.length == 0) continue;
    const auto pc = static_cast<std::uint16_t>(at);
    std::string bytes;
    for (int k = 0; k < line.length; ++k) bytes += format("%02X", line.bytes[k]);
    text += format("%04X   %-6s %12lld  %12lld  %6.2f  %-5s  ", static_cast<unsigned>(pc), bytes.c_str(),
                   static_cast<long long>(line.cycles), static_cast<long long>(line.times), share(line.cycles, cycles),
                   marks_of(line).c_str()) +
            instruction_text(profile.variant(), pc, {line.bytes[0], line.bytes[1], line.bytes[2]}, &labels) + '\n';
  }
  return text;
}

Result<Profile> read_profile(std::string_view text, const std::string& file) {
  const std::size_t end_of_head = std::min(text.find('\n'), text.size());
  const std::string_view head = text.substr(0, end_of_head);
  const auto* const known = std::find_if(std::begin(Variants), std::end(Variants), [&](const auto& each) {
    return head == std::string(Head) + std::string(each.second);
  });
  if (known == std::end(Variants))
    return Error(ErrorKind::InvalidProgram, "is no profile that inlay-6502 run --profile has written",
                 {.file = file, .line = 1});
  Profile profile(known->first);
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (!read_line(line, profile.variant_, profile.lines_))
      return Error(ErrorKind::InvalidProgram,
                   "is no line of a profile: address, bytes, cycles, instructions, share, marks",
                   {.file = file, .line = number});
  }
  return profile;
}

}  // namespace inlay::m6502
