// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache/entry.h"

#include <cstdio>
#include <cstring>

namespace inlay::cache {

namespace {

constexpr char Magic[8] = {'I', 'N', 'L', 'A', 'Y', 'O', 'B', 'J'};

/// Of the header, with no checksum, and of what lies between it and the object.
base::Hash128 checksum_of(EntryHeader header, std::span<const std::byte> front) {
  header.checksum = {};
  const base::Hash128 parts[2] = {base::hash128(std::as_bytes(std::span(&header, 1))), base::hash128(front)};
  return base::hash128(std::as_bytes(std::span(parts)));
}

}  // namespace

base::Bytes write_entry(const Entry& entry) {
  EntryHeader header{};
  std::memcpy(header.magic, Magic, sizeof Magic);
  header.format = EntryFormat;
  header.id = entry.id;
  header.request_size = entry.request.size();
  header.log_size = entry.log.size();
  header.facts_size = entry.facts.size();
  header.object_size = entry.object.size();
  header.object_checksum = base::hash128(entry.object);
  base::Bytes bytes(sizeof header);
  base::Writer to(bytes);
  to.raw(entry.request);
  to.raw(entry.log);
  to.raw(entry.facts);
  header.checksum = checksum_of(header, std::span(bytes).subspan(sizeof header));
  std::memcpy(bytes.data(), &header, sizeof header);
  to.raw(entry.object);
  return bytes;
}

std::optional<Entry> read_entry(std::span<const std::byte> bytes) {
  EntryHeader header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, Magic, sizeof Magic) != 0 || header.format != EntryFormat) return std::nullopt;
  base::Reader rest(bytes.subspan(sizeof header));
  Entry entry;
  entry.id = header.id;
  entry.request = rest.raw(header.request_size);
  entry.log = rest.raw(header.log_size);
  entry.facts = rest.raw(header.facts_size);
  entry.object = rest.raw(header.object_size);
  if (!rest.good() || !rest.at_end()) return std::nullopt;
  const std::size_t front = bytes.size() - sizeof header - entry.object.size();
  if (!(checksum_of(header, bytes.subspan(sizeof header, front)) == header.checksum)) return std::nullopt;
  return entry;
}

bool object_is_sound(std::span<const std::byte> bytes) {
  EntryHeader header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header.object_size <= bytes.size() - sizeof header &&
         base::hash128(bytes.last(static_cast<std::size_t>(header.object_size))) == header.object_checksum;
}

namespace {

void write_place(base::Writer& to, const Place& place) {
  to.text(place.file);
  to.number(place.line);
  to.number(place.column);
}

Place read_place(base::Reader& from) {
  Place place;
  place.file = from.text();
  place.line = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
  place.column = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
  return place;
}

unsigned read_unsigned(base::Reader& from) { return static_cast<unsigned>(from.number_up_to(UINT32_MAX)); }

/// How many elements follow: each takes a byte at least, so a wrong count cannot make us reserve much.
std::size_t read_count(base::Reader& from) { return static_cast<std::size_t>(from.number_up_to(from.left())); }

void write_report(base::Writer& to, const Report& report) {
  to.text(report.function);
  for (unsigned count : {report.rounds, report.specialized, report.inlined, report.folded_loads, report.folded_values,
                         report.folded_branches, report.instructions})
    to.number(count);
  to.number(report.work);
  to.number(report.remarks.size());
  for (const Remark& remark : report.remarks) {
    to.byte(static_cast<unsigned>(remark.kind));
    to.text(remark.callee);
    to.text(remark.reason);
    write_place(to, remark.place);
    to.number(remark.count);
  }
  to.number(report.guest.size());
  for (const GuestInstruction& guest : report.guest) {
    to.text(guest.interpreter);
    to.signed_number(guest.at);
    to.text(guest.opcode);
    write_place(to, guest.handler);
    to.number(guest.instructions);
    to.number(guest.copies);
    to.number(guest.number);
  }
}

Report read_report(base::Reader& from) {
  Report report;
  report.function = from.text();
  for (unsigned* count : {&report.rounds, &report.specialized, &report.inlined, &report.folded_loads,
                          &report.folded_values, &report.folded_branches, &report.instructions})
    *count = read_unsigned(from);
  report.work = from.number();
  report.remarks.resize(read_count(from));
  for (Remark& remark : report.remarks) {
    const unsigned kind = from.byte();
    if (kind > static_cast<unsigned>(Remark::Kind::NotCompiled)) from.fail();
    remark.kind = static_cast<Remark::Kind>(kind);
    remark.callee = from.text();
    remark.reason = from.text();
    remark.place = read_place(from);
    remark.count = read_unsigned(from);
  }
  report.guest.resize(read_count(from));
  for (GuestInstruction& guest : report.guest) {
    guest.interpreter = from.text();
    guest.at = from.signed_number();
    guest.opcode = from.text();
    guest.handler = read_place(from);
    guest.instructions = read_unsigned(from);
    guest.copies = read_unsigned(from);
    guest.number = read_unsigned(from);
  }
  return report;
}

}  // namespace

base::Bytes write_facts(const Facts& facts) {
  base::Bytes bytes;
  base::Writer to(bytes);
  to.text(facts.entry);
  to.number(facts.functions.size());
  for (const std::string& function : facts.functions) to.text(function);
  write_report(to, facts.report);
  return bytes;
}

std::optional<Facts> read_facts(std::span<const std::byte> bytes) {
  base::Reader from(bytes);
  Facts facts;
  facts.entry = from.text();
  facts.functions.resize(read_count(from));
  for (std::string& function : facts.functions) function = from.text();
  facts.report = read_report(from);
  if (!from.good() || !from.at_end() || facts.entry.empty()) return std::nullopt;
  return facts;
}

std::string name_of(base::Hash128 id) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(id.high),
                static_cast<unsigned long long>(id.low));
  return text;
}

}  // namespace inlay::cache
