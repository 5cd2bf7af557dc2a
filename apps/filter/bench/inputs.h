// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows as the library is given them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "inlay/filter/arrow.h"
#include "inlay/filter/filter.h"
#include "inlay/filter/rows.h"
#include "users.h"

namespace bench {

/// A schema and batches of its rows.
class Input {
 public:
  virtual ~Input() = default;
  virtual const inlay::filter::Schema& schema() const = 0;
  /// Lasts until the next call.
  virtual inlay::filter::Batch batch(std::int64_t first, std::int64_t rows) = 0;
};

class RowsInput : public Input {
 public:
  explicit RowsInput(const std::vector<User>& users) : users_(users) {
    rows_.column("first_name", &User::first_name)
        .column("last_name", &User::last_name)
        .column("email", &User::email)
        .column("phone", &User::phone)
        .column("country", &User::country)
        .column("age", &User::age)
        .column("balance", &User::balance);
  }
  const inlay::filter::Schema& schema() const override { return rows_.schema(); }
  inlay::filter::Batch batch(std::int64_t first, std::int64_t rows) override {
    return rows_.batch(std::span(users_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows)),
                       first);
  }

 private:
  const std::vector<User>& users_;
  inlay::filter::Rows<User> rows_;
};

/// Arrow arrays over the columns; each slice is a batch.
class ArrowInput : public Input {
 public:
  /// `nulls`: of a hundred values of each column, so many are NULL; without any there are no bitmaps.
  explicit ArrowInput(const Columns& columns, unsigned nulls = 0);
  const inlay::filter::Schema& schema() const override { return schema_; }
  inlay::filter::Batch batch(std::int64_t first, std::int64_t rows) override;

 private:
  static constexpr std::size_t Count = 7;

  std::array<std::vector<std::uint8_t>, Count> bitmaps_;
  std::array<std::array<const void*, 3>, Count> buffers_ = {};
  std::array<ArrowSchema, Count> fields_ = {};
  std::array<ArrowSchema*, Count> field_addresses_ = {};
  std::array<ArrowArray, Count> arrays_ = {};
  std::array<ArrowArray*, Count> array_addresses_ = {};
  ArrowSchema struct_ = {};
  inlay::filter::Schema schema_;
  std::vector<inlay::filter::ArrowBatch> last_;
};

}  // namespace bench
