#include "draft/schemes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "core/errors.hpp"
#include "core/parallel_for.hpp"
#include "draft/drafter.hpp"
#include "draft/law_shares.hpp"
#include "draft/laws.hpp"
#include "draft/with_scheme.hpp"

namespace pybench::draft {
namespace {

constexpr std::array<const char*, 8> scheme_names = {
    "importance", "k_seq", "recursive", "recursive_without_replacement", "token_matching", "greedy", "single", "top_k"};

// A row without replacement reads the laws, any other only some of their tokens: a chunk is some ms of work.
std::int64_t rows_at_once(const SchemeCall& call) noexcept {
  if (call.name == SchemeName::recursive_without_replacement) return 1;
  return std::clamp<std::int64_t>((1 << 16) / call.draft_count, 1, 64);
}

template <typename Real>
std::span<const Real> law_of(std::span<const Real> laws, std::int64_t law, std::int64_t vocabulary) {
  return laws.subspan(static_cast<std::size_t>(law * vocabulary), static_cast<std::size_t>(vocabulary));
}

// Checks the laws and scales them; both before any other work.
template <typename Real>
std::vector<LawPair<Real>> checked_pairs(const LawBatch<Real>& laws, int threads, CancelToken& cancel) {
  std::vector<LawPair<Real>> pairs(static_cast<std::size_t>(laws.batch));
  LawShares(threads, laws.batch, cancel).each_law([&](std::int64_t law, CancelToken&, int) {
    LawPair<Real>& pair = pairs[static_cast<std::size_t>(law)];
    pair.draft = law_of(laws.draft, law, laws.vocabulary);
    pair.draft_scale = 1.0 / checked_sum(pair.draft, "draft", laws.batched ? law : -1);
    if (laws.target.empty()) return;
    pair.target = law_of(laws.target, law, laws.vocabulary);
    pair.target_scale = 1.0 / checked_sum(pair.target, "target", laws.batched ? law : -1);
  });
  return pairs;
}

Row row_of(const RowBatch& rows, std::int64_t row) noexcept {
  const auto at = static_cast<std::size_t>(row);
  return {rows.key, rows.request[at], rows.position[at]};
}

[[noreturn]] void refuse(const Refusal& refusal, std::int64_t law, std::int64_t row, std::int64_t token) {
  throw InvalidInput(name_of_row("draft_tokens", law) + "[" + std::to_string(row) + "][" +
                     std::to_string(refusal.draw) + "] is " + std::to_string(token) + ": " + refusal.rule);
}

}  // namespace

SchemeName scheme_from(const std::string& name) {
  for (std::size_t index = 0; index < scheme_names.size(); ++index) {
    if (name == scheme_names[index]) return static_cast<SchemeName>(index);
  }
  throw InvalidInput("scheme is '" + name + "': the native core has no such scheme");
}

template <typename Real>
std::vector<double> scheme_acceptance(const LawBatch<Real>& laws, const SchemeCall& call, CancelToken& cancel) {
  const std::vector<LawPair<Real>> pairs = checked_pairs(laws, call.threads, cancel);
  std::vector<double> found(pairs.size());
  LawShares(call.threads, laws.batch, cancel).each_law([&](std::int64_t law, CancelToken& token, int) {
    const auto at = static_cast<std::size_t>(law);
    with_scheme(call.name, pairs[at], call.draft_count, call.options, token,
                [&](const auto& scheme) { found[at] = scheme.acceptance(token); });
  });
  return found;
}

template <typename Real>
Estimates scheme_estimate(const LawBatch<Real>& laws, const SchemeCall& call, std::int64_t samples, std::uint64_t key,
                          CancelToken& cancel) {
  const std::int64_t chunk = 4 * rows_at_once(call);
  const std::vector<LawPair<Real>> pairs = checked_pairs(laws, call.threads, cancel);
  const auto kind = Drafter<Real>::kind_of(call.name);
  Estimates found{std::vector<double>(pairs.size()), std::vector<double>(pairs.size())};
  LawShares(call.threads, laws.batch, cancel).each_law([&](std::int64_t law, CancelToken& token, int threads) {
    const auto at = static_cast<std::size_t>(law);
    const LawPair<Real>& pair = pairs[at];
    const Drafter<Real> drafter(kind, pair.draft, pair.draft_scale, call.draft_count);
    with_scheme(call.name, pair, call.draft_count, call.options, token, [&](const auto& scheme) {
      const auto sample = [&](std::int64_t index, std::span<std::int64_t> drafts, CancelToken& of_thread) {
        drafter.draw({key, static_cast<std::uint64_t>(law * samples + index), 0}, drafts, of_thread);
        return scheme.acceptance_given(drafts, of_thread);
      };
      std::vector<std::int64_t> first_drafts(static_cast<std::size_t>(call.draft_count));
      // Sums are of differences from the first sample: samples that are all equal have no variance at all.
      const double first = sample(0, first_drafts, token);
      struct Sums {
        double difference = 0.0, square = 0.0;
      };
      std::vector<Sums> of_chunk(static_cast<std::size_t>((samples + chunk - 1) / chunk));
      share_out(threads, samples, chunk, token, [&](std::int64_t begin, std::int64_t end, CancelToken& of_thread) {
        std::vector<std::int64_t> drafts(static_cast<std::size_t>(call.draft_count));
        Sums& sums = of_chunk[static_cast<std::size_t>(begin / chunk)];
        for (std::int64_t index = begin; index < end; ++index) {
          const double difference = sample(index, drafts, of_thread) - first;
          sums.difference += difference;
          sums.square += difference * difference;
        }
      });
      Sums all;
      for (const Sums& sums : of_chunk) {
        all.difference += sums.difference;
        all.square += sums.square;
      }
      const auto count = static_cast<double>(samples);
      const double mean = all.difference / count;
      found.value[at] = first + mean;
      found.standard_error[at] =
          std::sqrt(positive_part(all.square - count * mean * mean) / ((count - 1.0) * count));
    });
  });
  return found;
}

template <typename Real>
std::vector<std::int64_t> draw_drafts(const LawBatch<Real>& laws, const SchemeCall& call, const RowBatch& rows,
                                      CancelToken& cancel) {
  const std::vector<LawPair<Real>> pairs = checked_pairs(laws, call.threads, cancel);
  const auto kind = Drafter<Real>::kind_of(call.name);
  const std::int64_t per_law = static_cast<std::int64_t>(rows.request.size()) / laws.batch;
  std::vector<std::int64_t> tokens(rows.request.size() * static_cast<std::size_t>(call.draft_count));
  LawShares(call.threads, laws.batch, cancel).each_law([&](std::int64_t law, CancelToken& token, int threads) {
    const LawPair<Real>& pair = pairs[static_cast<std::size_t>(law)];
    const Drafter<Real> drafter(kind, pair.draft, pair.draft_scale, call.draft_count);
    share_out(threads, per_law, rows_at_once(call), token,
              [&](std::int64_t begin, std::int64_t end, CancelToken& of_thread) {
                for (std::int64_t row = law * per_law + begin; row < law * per_law + end; ++row) {
                  const auto of_row = std::span(tokens).subspan(static_cast<std::size_t>(row * call.draft_count),
                                                                static_cast<std::size_t>(call.draft_count));
                  drafter.draw(row_of(rows, row), of_row, of_thread);
                }
              });
  });
  return tokens;
}

template <typename Real>
Verifications scheme_verify(const LawBatch<Real>& laws, const SchemeCall& call, std::span<const std::int64_t> drafts,
                            const RowBatch& rows, CancelToken& cancel) {
  const std::vector<LawPair<Real>> pairs = checked_pairs(laws, call.threads, cancel);
  const std::int64_t per_law = static_cast<std::int64_t>(rows.request.size()) / laws.batch;
  const auto width = static_cast<std::size_t>(call.draft_count);
  const auto drafts_of = [&](std::int64_t row) { return drafts.subspan(static_cast<std::size_t>(row) * width, width); };
  for (std::int64_t law = 0; law < laws.batch; ++law) {
    cancel.check();
    const auto first = static_cast<std::size_t>(law * per_law) * width;
    check_draft_tokens(drafts.subspan(first, static_cast<std::size_t>(per_law) * width), call.draft_count,
                       pairs[static_cast<std::size_t>(law)].draft, laws.batched ? law : -1);
  }
  Verifications found{std::vector<std::int64_t>(rows.request.size()), std::vector<std::int64_t>(rows.request.size())};
  LawShares(call.threads, laws.batch, cancel).each_law([&](std::int64_t law, CancelToken& token, int threads) {
    if (per_law == 0) return;
    with_scheme(call.name, pairs[static_cast<std::size_t>(law)], call.draft_count, call.options, token,
                [&](const auto& scheme) {
                  for (std::int64_t row = 0; row < per_law; ++row) {
                    token.check_after(width);
                    const auto of_row = drafts_of(law * per_law + row);
                    if (const auto refusal = scheme.refusal(of_row)) {
                      refuse(*refusal, laws.batched ? law : -1, row, of_row[static_cast<std::size_t>(refusal->draw)]);
                    }
                  }
                  share_out(threads, per_law, rows_at_once(call), token,
                            [&](std::int64_t begin, std::int64_t end, CancelToken& of_thread) {
                              for (std::int64_t row = law * per_law + begin; row < law * per_law + end; ++row) {
                                const auto [out, accepted] =
                                    scheme.verify(drafts_of(row), row_of(rows, row), of_thread);
                                found.token[static_cast<std::size_t>(row)] = out;
                                found.accepted[static_cast<std::size_t>(row)] = accepted;
                              }
                            });
                });
  });
  return found;
}

template <typename Real>
std::vector<PairRule> importance_rules(const LawBatch<Real>& law, const SchemeCall& call, CancelToken& cancel) {
  const std::vector<LawPair<Real>> pairs = checked_pairs(law, 1, cancel);
  const Importance<Real> scheme(pairs.front(), call.draft_count, call.options, cancel);
  std::vector<PairRule> rules(scheme.rules().begin(), scheme.rules().end());
  rules.resize(static_cast<std::size_t>(call.draft_count - 1));
  return rules;
}

#define PYBENCH_SCHEMES_OF(Real)                                                                                       \
  template std::vector<double> scheme_acceptance<Real>(const LawBatch<Real>&, const SchemeCall&, CancelToken&);        \
  template Estimates scheme_estimate<Real>(const LawBatch<Real>&, const SchemeCall&, std::int64_t, std::uint64_t,      \
                                           CancelToken&);                                                              \
  template std::vector<std::int64_t> draw_drafts<Real>(const LawBatch<Real>&, const SchemeCall&, const RowBatch&,      \
                                                       CancelToken&);                                                  \
  template Verifications scheme_verify<Real>(const LawBatch<Real>&, const SchemeCall&, std::span<const std::int64_t>,  \
                                             const RowBatch&, CancelToken&);                                           \
  template std::vector<PairRule> importance_rules<Real>(const LawBatch<Real>&, const SchemeCall&, CancelToken&);
PYBENCH_SCHEMES_OF(float)
PYBENCH_SCHEMES_OF(double)
#undef PYBENCH_SCHEMES_OF

}  // namespace pybench::draft
