// Batches of the verification schemes: laws are rows of [batch, vocabulary], drafts rows of [batch, rows, draft_count].
//
// Laws are checked before any work (InvalidInput names the law, token and value), then the tokens of all drafts; drafts
// that a scheme cannot have drawn are refused before the first row of their law is verified. Answers do not depend on
// threads (0: all cores): they share out the laws, or, where there are fewer laws than threads, the rows of each.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/cancel.hpp"
#include "draft/importance.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

template <typename Real>
struct LawBatch {
  std::span<const Real> draft;   // [batch, vocabulary]
  std::span<const Real> target;  // the same; empty where only drafts are drawn
  std::int64_t batch;
  std::int64_t vocabulary;
  bool batched;  // false: the one law is called by its name alone
};

struct SchemeCall {
  SchemeName name;
  std::int64_t draft_count;
  SchemeOptions options;
  int threads;
};

// Where the random numbers of each row come from: request and position, [batch, rows] each.
struct RowBatch {
  std::uint64_t key;
  std::span<const std::uint64_t> request;
  std::span<const std::uint64_t> position;
};

// [batch]: the closed form, or InvalidInput where there is none.
template <typename Real>
std::vector<double> scheme_acceptance(const LawBatch<Real>& laws, const SchemeCall& call, CancelToken& cancel);

struct Estimates {
  std::vector<double> value;
  std::vector<double> standard_error;
};

// [batch]: the mean over `samples` (at least 2) rows of drafts of the probability that one of them is accepted. Sample i
// of law b is the row of request b * samples + i at position 0.
template <typename Real>
Estimates scheme_estimate(const LawBatch<Real>& laws, const SchemeCall& call, std::int64_t samples, std::uint64_t key,
                          CancelToken& cancel);

// [batch, rows, draft_count].
template <typename Real>
std::vector<std::int64_t> draw_drafts(const LawBatch<Real>& laws, const SchemeCall& call, const RowBatch& rows,
                                      CancelToken& cancel);

struct Verifications {
  std::vector<std::int64_t> token;     // [batch, rows]
  std::vector<std::int64_t> accepted;  // the same
};

template <typename Real>
Verifications scheme_verify(const LawBatch<Real>& laws, const SchemeCall& call, std::span<const std::int64_t> drafts,
                            const RowBatch& rows, CancelToken& cancel);

// The rules for pairs of one law, which the tests check against a linear program: one for each draft after the first,
// without an alphabet where the draft selected so far is kept.
template <typename Real>
std::vector<PairRule> importance_rules(const LawBatch<Real>& law, const SchemeCall& call, CancelToken& cancel);

}  // namespace pybench::draft
