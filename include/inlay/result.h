// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Value or Error: how every fallible function of Inlay answers. Nothing here prints or aborts, and only value() throws.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inlay {

/// What kind of thing went wrong, so that a caller can decide without reading the text.
enum class ErrorKind : std::uint8_t {
#define INLAY_ERROR(Name, Text) Name,
#include "inlay/errors.def"
};

/// The kind as it is printed: `damaged-image`.
std::string_view to_string(ErrorKind kind);

/// Where something was seen. Any part may be missing: an empty file, line 0, column 0.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool known() const { return !file.empty(); }
  /// `calc.cpp:12:5`, shorter where parts are missing.
  std::string to_string() const;
};

/// A refusal or a fault of the environment or the input. The message is lower case, without a period: what was seen,
/// then what would do.
class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message, Place place = {})
      : kind_(kind), message_(std::move(message)), place_(std::move(place)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const Place& place() const { return place_; }
  const std::vector<std::string>& notes() const { return notes_; }

  /// Adds a line of context ("while embedding calc.cpp"), outermost last.
  Error&& with_note(std::string note) && {
    notes_.push_back(std::move(note));
    return std::move(*this);
  }

  /// `place: error: message [kind]`, then one line a note. No trailing newline.
  std::string to_string() const;

 private:
  ErrorKind kind_;
  std::string message_;
  Place place_;
  std::vector<std::string> notes_;
};

/// What Result::value() throws where there is no value: what() is the error's text.
class NoValue : public std::logic_error {
 public:
  explicit NoValue(const Error& error) : std::logic_error(error.to_string()) {}
};

/// A value, or the Error that explains why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }

  /// The value; throws NoValue if there is none.
  T& value() & { return checked(*this); }
  const T& value() const& { return checked(*this); }
  T value() && { return std::move(checked(*this)); }
  /// The value; it is a bug to ask for it when there is none (std::bad_variant_access).
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  const Error& error() const& { return std::get<1>(state_); }
  Error error() && { return std::get<1>(std::move(state_)); }

 private:
  template <class Self>
  static auto& checked(Self& self) {
    if (!self) throw NoValue(self.error());
    return std::get<0>(self.state_);
  }

  std::variant<T, Error> state_;
};

/// Success, or the Error that explains the failure.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  /// Throws NoValue if there is an error.
  void value() const {
    if (error_) throw NoValue(*error_);
  }
  bool has_value() const { return !error_; }
  const Error& error() const& { return *error_; }
  Error error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace inlay

#define INLAY_CONCAT_(a, b) a##b
#define INLAY_CONCAT(a, b) INLAY_CONCAT_(a, b)

/// `INLAY_TRY(auto x, f());` declares x as the value of f(), or returns f()'s Error from this function. One a line.
#define INLAY_TRY(declaration, expression)                                                               \
  auto INLAY_CONCAT(inlay_try_, __LINE__) = (expression);                                                \
  if (!INLAY_CONCAT(inlay_try_, __LINE__)) return std::move(INLAY_CONCAT(inlay_try_, __LINE__)).error(); \
  declaration = *std::move(INLAY_CONCAT(inlay_try_, __LINE__))

/// `INLAY_TRY_VOID(f());` returns f()'s Error from this function, if there is one.
#define INLAY_TRY_VOID(expression) \
  if (auto inlay_try_void = (expression); !inlay_try_void) return std::move(inlay_try_void).error()
