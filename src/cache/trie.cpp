// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache/trie.h"

#include <algorithm>

namespace inlay::cache {

namespace {

/// More entries than that are not followed for one request.
constexpr unsigned MostSteps = 256;

/// What led here: the request, or a read with its answer behind what led there.
base::Hash128 behind(base::Hash128 before, std::span<const std::byte> read) {
  const base::Hash128 parts[2] = {before, base::hash128(read)};
  return base::hash128(std::as_bytes(std::span(parts)));
}

bool same(std::span<const std::byte> a, std::span<const std::byte> b) { return std::ranges::equal(a, b); }

/// The entry of that name for that request, or nothing; `bytes` hold it.
std::optional<Entry> entry_at(State& state, base::Hash128 id, const Request& request, base::Bytes& bytes) {
  const std::string name = name_of(id);
  Result<std::optional<base::Bytes>> got = state.store->get(name);
  if (!got) {
    state.count_failure(got.error().message());
    return std::nullopt;
  }
  if (!*got) return std::nullopt;
  bytes = **std::move(got);
  std::optional<Entry> entry = read_entry(bytes);
  if (entry && entry->id == id && same(entry->request, request.identity)) return entry;
  state.discard(name);
  return std::nullopt;
}

enum class Followed { ToTheEnd, Elsewhere, Nowhere };

/// Asks what the entry asks, up to an answer that differs. `id` follows.
Followed follow(std::span<const std::byte> log, Replay& replay, base::Hash128& id) {
  base::Reader from(log);
  base::Bytes answered;
  while (!from.at_end()) {
    const std::size_t begin = log.size() - from.left();
    std::optional<frozen::Question> question = frozen::read_question(from, replay.numbering());
    if (!question) return Followed::Nowhere;
    frozen::skip_answer(from, *question);
    if (!from.good()) return Followed::Nowhere;
    answered.clear();
    if (!replay.ask(*question, answered)) return Followed::Nowhere;
    id = behind(id, answered);
    if (!same(answered, log.subspan(begin, log.size() - from.left() - begin))) return Followed::Elsewhere;
  }
  return Followed::ToTheEnd;
}

std::optional<Found> look(State& state, const Request& request) {
  base::Hash128 id = base::hash128(request.identity);
  Found found{{}, {}, {}, Replay(request.bound)};
  for (unsigned step = 0; step < MostSteps; ++step) {
    const base::Hash128 here = id;
    std::optional<Entry> entry = entry_at(state, here, request, found.bytes);
    if (!entry) return std::nullopt;
    const Followed followed = follow(entry->log, found.replay, id);
    if (followed == Followed::Nowhere) return std::nullopt;
    if (followed == Followed::Elsewhere) continue;
    std::optional<Facts> facts = read_facts(entry->facts);
    if (!facts || !object_is_sound(found.bytes)) {
      state.discard(name_of(here));
      return std::nullopt;
    }
    found.object = entry->object;
    found.facts = *std::move(facts);
    return found;
  }
  return std::nullopt;
}

/// Where what is logged from `at` on belongs: behind what it has in common with the entries that are there. False if
/// all of it is there.
bool find_place(State& state, const Request& request, const frozen::ReadLog& log, base::Hash128& id, std::size_t& at) {
  const std::span<const std::byte> bytes = log.bytes();
  for (unsigned step = 0; step < MostSteps; ++step) {
    base::Bytes there;
    std::optional<Entry> entry = entry_at(state, id, request, there);
    if (!entry) return true;
    base::Hash128 next = id;
    std::size_t read = at;
    base::Reader from(entry->log);
    bool branched = false;
    while (!branched && !from.at_end()) {
      const std::size_t begin = entry->log.size() - from.left();
      std::optional<frozen::Question> question = frozen::read_question(from, log.numbering());
      const std::size_t answer = entry->log.size() - from.left();
      if (question) frozen::skip_answer(from, *question);
      // Another question after equal answers: the evaluator has changed its mind. The newer one is right.
      if (!question || !from.good() || read >= log.entries().size()) return true;
      const frozen::ReadLog::Entry& own = log.entries()[read++];
      if (!same(entry->log.subspan(begin, answer - begin), bytes.subspan(own.begin, own.answer - own.begin)))
        return true;
      next = behind(next, bytes.subspan(own.begin, own.end - own.begin));
      branched = !same(entry->log.subspan(answer, entry->log.size() - from.left() - answer),
                       bytes.subspan(own.answer, own.end - own.answer));
    }
    if (!branched) return read != log.entries().size() || !object_is_sound(there);
    id = next;
    at = read;
  }
  state.count_failure("too many functions differ a little from each other");
  return false;
}

}  // namespace

std::optional<Found> find(State& state, const Request& request) {
  std::optional<Found> found = look(state, request);
  ++(found ? state.hits : state.misses);
  return found;
}

void keep(State& state, const Request& request, const frozen::ReadLog& log, const Facts& facts,
          std::span<const std::byte> object) {
  if (log.refusal()) return state.count_failure(*log.refusal());
  base::Hash128 id = base::hash128(request.identity);
  std::size_t at = 0;
  if (!find_place(state, request, log, id, at)) return;
  std::span<const std::byte> reads = log.bytes();
  if (at < log.entries().size())
    reads = reads.subspan(log.entries()[at].begin);
  else
    reads = {};
  const base::Bytes facts_bytes = write_facts(facts);
  const base::Bytes bytes = write_entry({id, request.identity, reads, facts_bytes, object});
  Result<void> put = state.store->put(name_of(id), bytes);
  if (put)
    ++state.stores;
  else
    state.count_failure(put.error().message());
}

std::string function_of(std::span<const std::byte> identity) {
  base::Reader from(identity);
  return std::string(from.text());
}

}  // namespace inlay::cache
