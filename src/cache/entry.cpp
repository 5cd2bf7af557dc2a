// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache/entry.h"

#include <cstdio>
#include <cstring>
#include <type_traits>

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

/// The two directions of fields(): each field is named once, so that none is written and not read.
class Writing {
 public:
  explicit Writing(base::Writer& to) : to_(to) {}
  void operator()(const std::string& text) { to_.text(text); }
  void operator()(const unsigned& number) { to_.number(number); }
  void operator()(const std::uint64_t& number) { to_.number(number); }
  void operator()(const std::int64_t& number) { to_.signed_number(number); }
  void operator()(const Remark::Kind& kind) { to_.byte(static_cast<unsigned>(kind)); }
  template <class T>
  void operator()(const std::vector<T>& all) {
    to_.number(all.size());
    for (const T& one : all) fields(*this, one);
  }

 private:
  base::Writer& to_;
};

class Reading {
 public:
  explicit Reading(base::Reader& from) : from_(from) {}
  void operator()(std::string& text) { text = from_.text(); }
  void operator()(unsigned& number) { number = static_cast<unsigned>(from_.number_up_to(UINT32_MAX)); }
  void operator()(std::uint64_t& number) { number = from_.number(); }
  void operator()(std::int64_t& number) { number = from_.signed_number(); }
  void operator()(Remark::Kind& kind) {
    const unsigned value = from_.byte();
    if (value > static_cast<unsigned>(Remark::Kind::NotCompiled)) from_.fail();
    kind = static_cast<Remark::Kind>(value);
  }
  template <class T>
  void operator()(std::vector<T>& all) {
    // Each element takes a byte at least, so a wrong count cannot make us reserve much.
    all.resize(static_cast<std::size_t>(from_.number_up_to(from_.left())));
    for (T& one : all) fields(*this, one);
  }

 private:
  base::Reader& from_;
};

template <class T, class Wanted>
concept Same = std::is_same_v<std::remove_const_t<T>, Wanted>;

template <class Direction, Same<std::string> T>
void fields(Direction& each, T& text) {
  each(text);
}

template <class Direction, Same<Place> T>
void fields(Direction& each, T& place) {
  each(place.file);
  each(place.line);
  each(place.column);
}

template <class Direction, Same<Remark> T>
void fields(Direction& each, T& remark) {
  each(remark.kind);
  each(remark.callee);
  each(remark.reason);
  fields(each, remark.place);
  each(remark.count);
}

template <class Direction, Same<GuestInstruction> T>
void fields(Direction& each, T& guest) {
  each(guest.interpreter);
  each(guest.at);
  each(guest.opcode);
  fields(each, guest.handler);
  each(guest.instructions);
  each(guest.copies);
  each(guest.number);
}

template <class Direction, Same<Report> T>
void fields(Direction& each, T& report) {
  each(report.function);
  each(report.name);
  each(report.rounds);
  each(report.specialized);
  each(report.inlined);
  each(report.folded_loads);
  each(report.folded_values);
  each(report.folded_branches);
  each(report.instructions);
  each(report.work);
  each(report.remarks);
  each(report.guest);
}

template <class Direction, Same<Facts> T>
void fields(Direction& each, T& facts) {
  each(facts.entry);
  each(facts.functions);
  fields(each, facts.report);
}

}  // namespace

base::Bytes write_facts(const Facts& facts) {
  base::Bytes bytes;
  base::Writer to(bytes);
  Writing writing(to);
  fields(writing, facts);
  return bytes;
}

std::optional<Facts> read_facts(std::span<const std::byte> bytes) {
  base::Reader from(bytes);
  Facts facts;
  Reading reading(from);
  fields(reading, facts);
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
